"""Columns of an Arrow table from a file of others: checked before anything uses them."""

from __future__ import annotations

from typing import Any

import numpy as np

from harmonium.data.expand import check_expansion
from harmonium.errors import DataError
from harmonium.extras import need

__all__ = ["LABEL_BYTES", "check_label", "check_number", "is_text", "labels_of", "whole"]

LABEL_BYTES = 32
"""What a label takes in memory at least, as an object of Python among others."""

_LONGEST = 10_000  # characters of the name of a class


def whole(table: Any) -> Any:  # noqa: ANN401
    """The table, once every value in it is where it should be: offsets, indices, text, sizes.

    Arrow trusts a file until it is asked, and an array that is longer than its buffer shows
    whatever lies behind that in memory.

    Raises:
        pyarrow.ArrowInvalid: something is not as it should be.
    """
    table.validate(full=True)
    return table


def check_number(kind: Any, where: str) -> None:  # noqa: ANN401
    """Check that a column is of numbers, before any of it is read.

    Raises:
        ValueError: it is of another type.
    """
    types = need("pyarrow.types")
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        raise DataError(
            f"{where}: of type {kind}, not numbers: convert it, name it as label, "
            "or put it under ignore"
        )


def check_label(kind: Any, where: str) -> None:  # noqa: ANN401
    """Check that a column may hold labels, before any of it is read.

    Raises:
        ValueError: it is of a type that is neither names nor numbers.
    """
    types = need("pyarrow.types")
    kind = kind.value_type if types.is_dictionary(kind) else kind
    numbers = (types.is_integer, types.is_floating, types.is_boolean, types.is_null)
    if not is_text(kind) and not any(is_it(kind) for is_it in numbers):
        raise DataError(f"{where}: labels are of type {kind}; names or whole numbers are needed")


def labels_of(column: Any, *, where: str, packed: int) -> list[object]:  # noqa: ANN401
    """The values of a column; equal ones of a dictionary are one object, and are not copied.

    Raises:
        ValueError: a text is too long for a name, is not in UTF-8, or all texts together expand
            too far (`check_expansion`).
    """
    found: list[object] = []
    for chunk in column.chunks:
        if not need("pyarrow.types").is_dictionary(chunk.type):
            found += _values(chunk, where=where, packed=packed)
            continue
        values = _values(chunk.dictionary, where=where, packed=packed)
        found += [None if i is None else values[i] for i in chunk.indices.to_pylist()]
    return found


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
    """Bytes of the longest text, and of all together, of which none is copied."""
    compute = need("pyarrow.compute")
    if str(array.type).endswith("_view"):  # 16 bytes each, of which the first four are the length
        views = np.frombuffer(array.buffers()[1], dtype="<i4").reshape(-1, 4)
        length = views[array.offset : array.offset + len(array), 0].astype(np.int64)
        length *= np.asarray(array.is_valid())
        return int(length.max(initial=0)), int(length.sum())
    found = compute.binary_length(array)
    return compute.max(found).as_py() or 0, compute.sum(found).as_py() or 0


def is_text(kind: Any) -> bool:  # noqa: ANN401
    """Whether a type of Arrow is one of text or bytes."""
    types = need("pyarrow.types")
    tests = ("string", "large_string", "string_view", "binary", "large_binary", "binary_view")
    fixed = types.is_fixed_size_binary(kind)
    return fixed or any(getattr(types, f"is_{name}")(kind) for name in tests)
