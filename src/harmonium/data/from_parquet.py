"""Columns of a Parquet or Arrow file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from harmonium.data.blocks import Array, Blocks
from harmonium.data.columns import Contents, Roles
from harmonium.data.expand import check_expansion
from harmonium.data.streamed import Rows, Streamed
from harmonium.extras import need

__all__ = ["read_parquet"]


class _File(NamedTuple):
    """A file of columns in blocks: row groups, or record batches."""

    names: Sequence[str]
    counts: Sequence[int]
    """Rows of each block."""
    read: Callable[[Sequence[int], Sequence[str]], Any]
    """A table of some blocks and columns."""


def read_parquet(path: Path, roles: Roles, *, stream: bool = False) -> Contents:
    """Read a Parquet or Arrow file with pyarrow; columns that no role needs are not read.

    With `stream` features stay in the file, in its row groups or record batches.

    Raises:
        ImportError: where pyarrow is missing.
        ValueError: where the file is damaged, empty, or expands too far; where a feature or
            weight is of another type than numbers, or has empty cells; where it cannot be
            streamed.
    """
    kind = "Parquet" if path.suffix.lower() == ".parquet" else "Arrow"
    arrow = need("pyarrow", f"{kind} files need")
    try:
        file = _parquet(path) if kind == "Parquet" else _ipc(path)
        found = _read(file, roles, path=path, stream=stream)
    except (arrow.ArrowException, OSError, OverflowError) as error:
        raise ValueError(f"{path}: not a whole {kind} file ({error})") from error
    if len(found.x) == 0:
        raise ValueError(f"{path}: no rows; at least one is needed")
    return found


def _read(file: _File, roles: Roles, *, path: Path, stream: bool) -> Contents:
    """All columns together; with `stream` label and weight, block by block."""
    places, number = roles.places(file.names, path), len(file.counts)
    features = [file.names[i] for i in places.features]
    label, weight = (None if i is None else file.names[i] for i in (places.label, places.weight))
    used = [*([] if stream else features), *(name for name in (label, weight) if name is not None)]
    unpacked = 4 * sum(file.counts) * len(used)
    check_expansion(str(path), packed=path.stat().st_size, unpacked=unpacked)
    x: Rows | None = _streamed(file, features, path=path) if stream else None
    labels: list[object] = []
    weights: list[Tensor] = []
    spans = [[k] for k in range(number)] if stream else [range(number)]
    for span in spans if used else ():
        data = file.read(span, used)
        x = _stacked(data, features, path=path) if x is None else x
        labels += [] if label is None else data.column(label).to_pylist()
        if weight is not None:
            before = sum(map(len, weights))
            weights.append(_numbers(data.column(weight), weight, path=path, first=before))
    assert x is not None
    return Contents(
        path,
        tuple(features),
        x,
        None if label is None else labels,
        torch.cat(weights) if weights else None,
    )


def _parquet(path: Path) -> _File:
    file = need("pyarrow.parquet").ParquetFile(path)
    counts = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    return _File(file.schema_arrow.names, counts, lambda k, c: file.read_row_groups(k, columns=c))


def _ipc(path: Path) -> _File:
    arrow, ipc = need("pyarrow"), need("pyarrow.ipc")

    def opened(*fields: int) -> Any:  # noqa: ANN401
        options = ipc.IpcReadOptions(included_fields=list(fields)) if fields else None
        return ipc.open_file(arrow.OSFile(str(path)), options=options)

    names, narrow = opened().schema.names, opened(0)

    def read(blocks: Sequence[int], columns: Sequence[str]) -> Any:  # noqa: ANN401
        file = opened(*map(names.index, columns))
        return arrow.Table.from_batches([file.get_batch(k) for k in blocks], file.schema)

    counts = [narrow.get_batch(k).num_rows for k in range(narrow.num_record_batches)]
    return _File(names, counts, read)


def _streamed(file: _File, features: Sequence[str], *, path: Path) -> Streamed:
    starts = [0, *accumulate(file.counts)]

    def read(block: int) -> Array:
        return _stacked(
            file.read([block], features), features, path=path, first=starts[block]
        ).numpy()

    shape = (starts[-1], len(features))
    kind = np.dtype(np.float32)
    return Streamed.of(Blocks(str(path), read, shape=shape, dtype=kind, starts=starts))


def _stacked(data: Any, features: Sequence[str], *, path: Path, first: int = 0) -> Tensor:  # noqa: ANN401
    x = torch.empty(data.num_rows, len(features), dtype=torch.float32)
    for i, name in enumerate(features):
        x[:, i] = _numbers(data.column(name), name, path=path, first=first)
    return x


def _numbers(column: Any, name: str, *, path: Path, first: int = 0) -> Tensor:  # noqa: ANN401
    types, compute = (need(m) for m in ("pyarrow.types", "pyarrow.compute"))
    kind = column.type
    if not (types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind)):
        raise ValueError(
            f"{path}, column {name!r}: of type {kind}, not numbers: convert it, name it as label, "
            "or put it under ignore"
        )
    if missing := column.null_count:
        row = first + compute.index(compute.is_null(column), value=True).as_py()
        raise ValueError(
            f"{path}, column {name!r}: {missing} empty cells, the first at row {row} (from 0): "
            "fill them in, or put the column under ignore"
        )
    return torch.from_numpy(column.to_numpy().astype("float32"))
