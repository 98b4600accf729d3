"""Writes tables in pieces, to .npy, .csv, .parquet or .h5; a failure leaves no file."""

from __future__ import annotations

import csv
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from harmonium.errors import UsageError
from harmonium.extras import need

__all__ = ["SUFFIXES", "Chunk", "Columns", "new_file", "new_table"]

Chunk = Mapping[str, NDArray[Any]]
"""Name -> values of a block of rows, ``(B,)`` or ``(B, K)``."""

SUFFIXES = (".npy", ".csv", ".parquet", ".h5")


@dataclass(frozen=True)
class Columns:
    """Layout of a table.

    `rows` is the number of rows; `parts` names the columns of each two-dimensional value, for
    formats with flat columns; a .npy file holds only the value `main`. If a column has the name of
    another value, the columns of its part get the part's name as prefix.
    """

    rows: int
    main: str
    parts: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def flat(self, chunk: Chunk) -> dict[str, NDArray[Any]]:
        """Column -> values ``(B,)``."""
        columns: dict[str, NDArray[Any]] = {}
        for name, values in chunk.items():
            if values.ndim == 1:
                columns[name] = values
            else:
                columns |= dict(zip(self._named(name, chunk), values.T, strict=True))
        return columns

    def _named(self, part: str, chunk: Chunk) -> list[str]:
        names = list(self.parts[part])
        if {name for name, values in chunk.items() if values.ndim == 1} & set(names):
            return [f"{part}_{name}" for name in names]
        return names


class _Writer(Protocol):
    def add(self, chunk: Chunk) -> None: ...

    def close(self) -> None: ...


@contextmanager
def new_file(
    path: str | os.PathLike[str], *, suffixes: Sequence[str], overwrite: bool = False
) -> Iterator[Path]:
    """Yields a temporary file, which moves to `path` when the block ends without an error.

    Raises:
        ValueError: the suffix is not one of `suffixes`.
        FileExistsError: the file exists, and `overwrite` is False.
        FileNotFoundError: there is no such folder.
    """
    path = Path(path)
    if path.suffix.lower() not in suffixes:
        raise UsageError(
            f"{path}: {path.suffix or 'no suffix'} is not a format to write; choose from "
            f"{', '.join(suffixes)}"
        )
    if path.exists() and not (overwrite and path.is_file()):
        remedy = "--overwrite replaces it" if path.is_file() else "name a file"
        raise FileExistsError(f"{path}: there already; {remedy}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path}: there is no folder {path.parent}; make it first")
    part = path.with_name(f".{path.stem}.{uuid.uuid4().hex}{path.suffix}")
    try:
        yield part
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise


@contextmanager
def new_table(
    path: str | os.PathLike[str], columns: Columns, *, overwrite: bool = False
) -> Iterator[_Writer]:
    """Yields a table to which blocks of rows are added; only one block is in memory.

    The complete file exists once the block ends without an error.

    Raises:
        ImportError: the format needs a missing package; the message has the pip command.
        ValueError: the format is not supported.
        FileExistsError: the file exists, and `overwrite` is False.
    """
    with new_file(path, suffixes=SUFFIXES, overwrite=overwrite) as part:
        writer: _Writer = _WRITERS[part.suffix.lower()](part, columns)
        try:
            yield writer
        finally:
            writer.close()


class _Npy:
    def __init__(self, path: Path, columns: Columns) -> None:
        self.path, self.columns, self.at = path, columns, 0
        self.values: NDArray[Any] | None = None

    def add(self, chunk: Chunk) -> None:
        values = chunk[self.columns.main]
        if self.values is None:
            shape = (self.columns.rows, *values.shape[1:])
            self.values = np.lib.format.open_memmap(
                self.path, mode="w+", dtype=values.dtype, shape=shape
            )
        self.values[self.at : self.at + len(values)] = values
        self.at += len(values)

    def close(self) -> None:
        if self.values is not None:
            self.values.flush()  # type: ignore[attr-defined]
            self.values = None


class _Csv:
    def __init__(self, path: Path, columns: Columns) -> None:
        self.columns = columns
        self.file = path.open("x", encoding="utf-8", newline="")
        self.lines = csv.writer(self.file, lineterminator="\n")
        self.begun = False

    def add(self, chunk: Chunk) -> None:
        flat = self.columns.flat(chunk)
        if not self.begun:
            self.lines.writerow(flat)
            self.begun = True
        self.lines.writerows(zip(*map(_texts, flat.values()), strict=True))

    def close(self) -> None:
        self.file.close()


def _texts(values: NDArray[Any]) -> list[str]:
    """Numbers as texts with the digits that give the same float when read."""
    if values.dtype == np.float32:
        return [f"{value:.9g}" for value in values.tolist()]
    return [str(value) for value in values.tolist()]


class _Parquet:
    def __init__(self, path: Path, columns: Columns) -> None:
        self.path, self.columns = path, columns
        self.arrow, self.parquet = need("pyarrow", _USER), need("pyarrow.parquet", _USER)
        self.writer: Any = None

    def add(self, chunk: Chunk) -> None:
        table = self.arrow.table({n: _listed(v) for n, v in self.columns.flat(chunk).items()})
        if self.writer is None:
            self.writer = self.parquet.ParquetWriter(self.path, table.schema)
        self.writer.write_table(table)

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


def _listed(values: NDArray[Any]) -> Any:  # noqa: ANN401
    return values.tolist() if values.dtype.kind in "UO" else np.ascontiguousarray(values)


class _Hdf5:
    def __init__(self, path: Path, columns: Columns) -> None:
        self.columns, self.h5py = columns, need("h5py", _USER)
        self.file = self.h5py.File(path, "x")

    def add(self, chunk: Chunk) -> None:
        for name, values in chunk.items():
            if name not in self.file:
                text = values.dtype.kind in "UO"
                data = self.file.create_dataset(
                    name,
                    shape=(0, *values.shape[1:]),
                    maxshape=(None, *values.shape[1:]),
                    dtype=self.h5py.string_dtype() if text else values.dtype,
                )
                if values.ndim == 2:
                    data.attrs["columns"] = list(self.columns.parts[name])
            data = self.file[name]
            at = len(data)
            data.resize(at + len(values), axis=0)
            data[at:] = values.astype(object) if values.dtype.kind == "U" else values

    def close(self) -> None:
        self.file.close()


_USER = "writing this file needs"

_WRITERS: dict[str, type[Any]] = {".npy": _Npy, ".csv": _Csv, ".parquet": _Parquet, ".h5": _Hdf5}
