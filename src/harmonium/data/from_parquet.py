"""Reads columns of Parquet and Arrow files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from harmonium.data.arrow_columns import (
    LABEL_BYTES,
    check_label,
    check_number,
    is_text,
    labels_of,
    whole,
)
from harmonium.data.arrow_layout import arrow_layout
from harmonium.data.blocks import Array, Blocks
from harmonium.data.columns import Contents, Places, Roles, joined
from harmonium.data.expand import check_expansion, packed_size
from harmonium.data.streamed import Rows, Streamed
from harmonium.errors import DataError
from harmonium.extras import need
from harmonium.files import regular

__all__ = ["parquet_names", "read_parquet"]


class _File(NamedTuple):
    """A file of columns in blocks: row groups, or record batches."""

    names: Sequence[str]
    types: Sequence[Any]
    counts: Sequence[int]
    """Number of rows of each block."""
    unpacked: Callable[[Sequence[str]], Sequence[int]]
    """Function from columns to uncompressed bytes of each block (lower bounds of the file)."""
    read: Callable[[Sequence[int], Sequence[str]], Any]
    """Function from blocks and columns to a table."""
    stored: frozenset[str] = frozenset()
    """Columns that were the index of a pandas frame."""


def read_parquet(path: Path, roles: Roles, *, stream: bool = False) -> Contents:
    """Reads a Parquet or Arrow file with pyarrow; columns without a role are not read.

    With `stream`, features stay in the file, in its row groups or record batches.

    Raises:
        ImportError: pyarrow is missing.
        ValueError: the file is damaged, empty, expands too far or cannot be streamed; or a feature
            or weight is not a number, or has empty cells.
    """
    with _opened(path) as file:
        contents = _read(file, roles, path=path, stream=stream)
    if len(contents.x) == 0:
        raise DataError(f"{path}: no rows; at least one is needed")
    return contents


def parquet_names(path: Path) -> tuple[str, ...]:
    """Names of all columns.

    Raises:
        ImportError: pyarrow is missing.
        ValueError: the file is damaged.
    """
    with _opened(path) as file:
        return tuple(file.names)


@contextmanager
def _opened(path: Path) -> Iterator[_File]:
    with _named(path):
        yield _parquet(path) if path.suffix.lower() == ".parquet" else _ipc(path)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Context that adds the file's name and kind to errors of pyarrow."""
    kind = "Parquet" if path.suffix.lower() == ".parquet" else "Arrow"
    arrow = need("pyarrow", f"{kind} files need")
    try:
        yield
    except FileNotFoundError:
        raise
    except (arrow.ArrowException, OSError, OverflowError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: not a whole {kind} file ({error})") from error


def _read(file: _File, roles: Roles, *, path: Path, stream: bool) -> Contents:
    """Reads all columns; with `stream`, only those that are not features, block by block."""
    places, number = roles.places(file.names, path, index=file.stored), len(file.counts)
    columns = _Columns(path, file.names, places)
    apart = columns.apart()
    used = [file.names[i] for i in (*([] if stream else places.features), *apart)]
    unpacked = file.unpacked(used)
    most = max(unpacked, default=0) if stream else sum(unpacked)
    packed = _check(file, columns, used=used, most=most)
    x: Rows | None = _streamed(file, columns) if stream else None
    labels: list[object] = []
    ids: list[str] = []
    weights: list[Tensor] = []
    real: list[Tensor] = []
    spans = [[k] for k in range(number)] if stream else [range(number)]
    first = 0
    for span in spans if used else ():
        data = file.read(span, used)
        x = columns.numbers(data, places.features) if x is None else x
        if places.label is not None:
            labels += columns.cells(data, places.label, packed=packed)
        if places.weight is not None:
            weights.append(columns.numbers(data, [places.weight], first=first)[:, 0])
        if places.targets:
            real.append(columns.numbers(data, places.targets, first=first))
        if places.ids:
            ids += columns.ids(data, packed=packed)
        first += data.num_rows
    assert x is not None
    return Contents(
        path,
        tuple(file.names[i] for i in places.features),
        x,
        None if places.label is None else labels,
        torch.cat(weights) if weights else None,
        places.others(file.names),
        torch.cat(real) if real else None,
        tuple(file.names[i] for i in places.targets),
        tuple(ids) if places.ids else None,
    )


class _Columns(NamedTuple):
    """Columns of a file with their roles."""

    path: Path
    names: Sequence[str]
    places: Places

    def where(self, at: int) -> str:
        """Place for messages."""
        return f"{self.path}, column {self.names[at]!r}"

    def apart(self) -> list[int]:
        """Positions of the columns with a role other than feature."""
        roles = self.places
        several = (roles.label, roles.weight, *roles.targets, *roles.ids)
        return [at for at in several if at is not None]

    def cells(self, data: Any, at: int, *, packed: int) -> list[object]:  # noqa: ANN401
        """Cells of labels or ids; `packed` is the size of the file."""
        return labels_of(data.column(self.names[at]), where=self.where(at), packed=packed)

    def ids(self, data: Any, *, packed: int) -> list[str]:  # noqa: ANN401
        """Ids of the rows."""
        columns = [self.cells(data, at, packed=packed) for at in self.places.ids]
        rows = zip(*columns, strict=True)
        return [joined(["" if cell is None else str(cell) for cell in row]) for row in rows]

    def numbers(self, data: Any, at: Sequence[int], *, first: int = 0) -> Tensor:  # noqa: ANN401
        """Columns of numbers, (N, K); `first` is the position of the first row in the file."""
        x = torch.empty(data.num_rows, len(at), dtype=torch.float32)
        for k, i in enumerate(at):
            x[:, k] = self._number(data.column(self.names[i]), i, first=first)
        return x

    def _number(self, column: Any, at: int, *, first: int) -> Tensor:  # noqa: ANN401
        compute = need("pyarrow.compute")
        check_number(column.type, self.where(at), remedy=self.places.remedy(at, "type"))
        if missing := column.null_count:
            row = first + compute.index(compute.is_null(column), value=True).as_py()
            raise DataError(
                f"{self.where(at)}: {missing} empty cells, the first at row {row} (from 0): "
                f"{self.places.remedy(at, 'empty')}"
            )
        with np.errstate(over="ignore"):  # overflow gives infinity, which checks refuse
            return torch.from_numpy(column.to_numpy().astype("float32"))


def _check(file: _File, columns: _Columns, *, used: Sequence[str], most: int) -> int:
    """Checks types and sizes before data are read; returns the bytes of the file."""
    places, path = columns.places, columns.path
    weight = () if places.weight is None else (places.weight,)
    for i in (*places.features, *weight, *places.targets):
        check_number(file.types[i], columns.where(i), remedy=places.remedy(i, "type"))
    named = {} if places.label is None else {places.label: "labels"}
    named |= dict.fromkeys(places.ids, "ids")
    for i, what in named.items():
        check_label(file.types[i], columns.where(i), what=what)
    rows, packed = sum(file.counts), packed_size(path)
    each = 4 * len(used) + LABEL_BYTES * len(named)
    check_expansion(str(path), packed=packed, unpacked=max(rows * each, most))
    return packed


def _parquet(path: Path) -> _File:
    parquet = need("pyarrow.parquet")
    file = parquet.ParquetFile(regular(path))
    schema, groups = (
        file.schema_arrow,
        [file.metadata.row_group(i) for i in range(file.num_row_groups)],
    )
    texts = [name for name, kind in zip(schema.names, schema.types, strict=True) if is_text(kind)]
    if texts:  # keeps repeated texts as one object
        file = parquet.ParquetFile(path, read_dictionary=texts)

    def unpacked(columns: Sequence[str]) -> list[int]:
        """Bytes of whole groups if there is text; numbers are bounded by their rows.

        Sizes of single columns are not queried: pyarrow aborts the process if the metadata of a
        column are damaged.
        """
        return [g.total_byte_size for g in groups] if set(texts) & set(columns) else [0]

    def read(blocks: Sequence[int], columns: Sequence[str]) -> Any:  # noqa: ANN401
        return whole(file.read_row_groups(blocks, columns=columns))

    counts = [g.num_rows for g in groups]
    index = _index(schema.metadata)
    return _File(schema.names, schema.types, counts, unpacked, read, index)


def _index(metadata: Mapping[bytes, bytes] | None) -> frozenset[str]:
    """Columns that were the index, according to pandas' metadata."""
    try:
        columns = json.loads((metadata or {}).get(b"pandas", b"{}")).get("index_columns", [])
        return frozenset(name for name in columns if isinstance(name, str))
    except (ValueError, AttributeError, TypeError):
        return frozenset()  # optional metadata of pandas, not of the table


def _ipc(path: Path) -> _File:
    arrow, ipc = need("pyarrow"), need("pyarrow.ipc")

    def opened(*fields: int) -> Any:  # noqa: ANN401
        options = ipc.IpcReadOptions(included_fields=list(fields)) if fields else None
        return ipc.open_file(arrow.OSFile(str(path)), options=options)

    counts, unpacked = arrow_layout(path)
    schema = opened().schema
    names = schema.names

    def read(blocks: Sequence[int], columns: Sequence[str]) -> Any:  # noqa: ANN401
        file = opened(*map(names.index, columns))
        return whole(arrow.Table.from_batches([file.get_batch(k) for k in blocks], file.schema))

    index = _index(schema.metadata)
    return _File(names, schema.types, counts, lambda _: unpacked, read, index)


def _streamed(file: _File, columns: _Columns) -> Streamed:
    starts = [0, *accumulate(file.counts)]
    features = columns.places.features

    def read(block: int) -> Array:
        with _named(columns.path):
            data = file.read([block], [file.names[i] for i in features])
            return columns.numbers(data, features, first=starts[block]).numpy()

    shape = (starts[-1], len(features))
    kind = np.dtype(np.float32)
    return Streamed.of(Blocks(str(columns.path), read, shape=shape, dtype=kind, starts=starts))
