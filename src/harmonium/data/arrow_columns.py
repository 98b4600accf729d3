"""Columns of an Arrow table from an untrusted file, checked before they are used."""

from __future__ import annotations

from typing import Any

import numpy as np

from harmonium.data.expand import check_expansion
from harmonium.errors import DataError
from harmonium.extras import need

__all__ = ["LABEL_BYTES", "check_label", "check_number", "is_text", "labels_of", "whole"]

LABEL_BYTES = 32
"""Minimum memory of a label, as a Python object, in bytes."""

_LONGEST = 10_000  # characters of the name of a class


def whole(table: Any) -> Any:  # noqa: ANN401
    """Checks and returns a table: every value must be valid (offsets, indices, text, sizes).

    Arrow trusts a file unless it is asked to check: an array longer than its buffer would read
    foreign memory.

    Raises:
        pyarrow.ArrowInvalid: a value is not valid.
    """
    table.validate(full=True)
    return table


def check_number(kind: Any, where: str, *, remedy: str) -> None:  # noqa: ANN401
    """Checks that a column has numbers, before it is read.

    Args:
        kind: type of the column.
        where: place for the message.
        remedy: what to do about another type, for the message.

    Raises:
        ValueError: it has another type.
    """
    types = need("pyarrow.types")
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        raise DataError(f"{where}: of type {kind}, not numbers: {remedy}")


def check_label(kind: Any, where: str, *, what: str = "labels") -> None:  # noqa: ANN401
    """Checks that a column may hold labels or ids, before it is read.

    Raises:
        ValueError: its type is neither text nor numbers.
    """
    types = need("pyarrow.types")
    kind = kind.value_type if types.is_dictionary(kind) else kind
    numbers = (types.is_integer, types.is_floating, types.is_boolean, types.is_null)
    if not is_text(kind) and not any(is_it(kind) for is_it in numbers):
        raise DataError(f"{where}: {what} are of type {kind}; names or whole numbers are needed")


def labels_of(column: Any, *, where: str, packed: int) -> list[object]:  # noqa: ANN401
    """Values of a column; equal values of a dictionary share one object.

    Raises:
        ValueError: a text is too long for a label, is not UTF-8, or all texts together expand too
            far (`check_expansion`).
    """
    labels: list[object] = []
    for chunk in column.chunks:
        if not need("pyarrow.types").is_dictionary(chunk.type):
            labels += _values(chunk, where=where, packed=packed)
            continue
        values = _values(chunk.dictionary, where=where, packed=packed)
        labels += [None if i is None else values[i] for i in chunk.indices.to_pylist()]
    return labels


def _values(array: Any, *, where: str, packed: int) -> list[object]:  # noqa: ANN401
    if not is_text(array.type) or not len(array):
        return list(array.to_pylist())
    longest, total = _lengths(array)
    if longest > _LONGEST:
        raise DataError(
            f"{where}: a label of {longest} bytes; the name of a class has {_LONGEST} at most: "
            "name another column as label"
        )
    check_expansion(where, packed=packed, unpacked=total + LABEL_BYTES * len(array))
    try:
        return [v.decode() if isinstance(v, bytes) else v for v in array.to_pylist()]
    except UnicodeDecodeError as error:
        raise DataError(f"{where}: a label is no text in UTF-8 ({error.reason})") from error


def _lengths(array: Any) -> tuple[int, int]:  # noqa: ANN401
    """Bytes of the longest text, and of all texts together, without copies."""
    compute = need("pyarrow.compute")
    if str(array.type).endswith("_view"):  # 16 bytes each; the first four hold the length
        views = np.frombuffer(array.buffers()[1], dtype="<i4").reshape(-1, 4)
        length = views[array.offset : array.offset + len(array), 0].astype(np.int64)
        length *= np.asarray(array.is_valid())
        return int(length.max(initial=0)), int(length.sum())
    lengths = compute.binary_length(array)
    return compute.max(lengths).as_py() or 0, compute.sum(lengths).as_py() or 0


def is_text(kind: Any) -> bool:  # noqa: ANN401
    """Whether a type of Arrow is text or bytes."""
    types = need("pyarrow.types")
    tests = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")
    fixed = types.is_fixed_size_binary(kind)
    return fixed or any(getattr(types, f"is_{name}")(kind) for name in tests)
