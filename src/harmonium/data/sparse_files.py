"""Sparse matrices in files: those of ``scipy.sparse.save_npz``, or their parts in any archive."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from harmonium.data.archive import Archive, Array
from harmonium.data.blocks import Blocks
from harmonium.data.sparse import SparseBlocks
from harmonium.errors import DataError
from harmonium.extras import need
from harmonium.memory import need as need_memory

__all__ = ["SparseArchive", "with_sparse"]

_PARTS = {
    "csr": ("data", "indices", "indptr"),
    "csc": ("data", "indices", "indptr"),
    "coo": ("data", "row", "col"),
}
"""Format -> its parts, beside ``shape`` and ``format``."""

_MARKS = ("indptr", "row", "offsets", "coords")
"""Parts of which every format has one."""

_ENDS = ("", "/", ".", "_")
_AGAIN = "write it again with scipy.sparse.save_npz(path, matrix.tocsr())"


class SparseArchive(NamedTuple):
    """An archive whose arrays may be sparse matrices."""

    archive: Archive
    names: tuple[str, ...]
    sparse: Mapping[str, str]
    """Name of a matrix -> prefix of its parts."""

    @property
    def path(self) -> Path:
        """The file or folder."""
        return self.archive.path

    def read(self, name: str) -> Array:
        """An array that is not sparse, such as labels.

        Raises:
            ValueError: it is sparse, or cannot be read.
        """
        if name in self.sparse:
            raise DataError(
                f"{self.path}, {name}: a sparse matrix, and only rows may be sparse: write its "
                ".toarray() with numpy.save"
            )
        return self.archive.read(name)

    def rows(self, name: str, *, stream: bool) -> Array | Blocks | SparseBlocks:
        """Rows, which stay sparse if they are, or stay in their file with `stream`.

        Raises:
            ValueError: a part of the matrix is missing, damaged or does not fit the others; the
                rows cannot be streamed.
        """
        if name not in self.sparse:
            return self.archive.blocks(name) if stream else self.archive.read(name)
        where = f"{self.path}, {name}"
        if stream:
            raise DataError(
                f"{where}: a sparse matrix is read into memory, where it stays sparse, and only "
                "batches are dense: leave stream out"
            )
        return SparseBlocks(_matrix(self.archive, self.sparse[name], where=where), where)


def with_sparse(archive: Archive) -> SparseArchive:
    """The arrays of an archive, where the parts of a sparse matrix are one array.

    The parts are ``data``, ``shape``, ``format`` (csr if it is missing), and ``indices`` and
    ``indptr`` (csr, csc) or ``row`` and ``col`` (coo). A prefix names the matrix, with "/", "." or
    "_" after it: ``x_train/data`` is a part of "x_train". Parts without a prefix are "x".
    """
    sparse: dict[str, str] = {}
    for name in archive.names:
        prefix = name.removesuffix("data")
        there = prefix + "shape" in archive.names and any(
            prefix + mark in archive.names for mark in _MARKS
        )
        if name.endswith("data") and prefix[-1:] in _ENDS and there:
            sparse[prefix[:-1] or "x"] = prefix
    own = {*_MARKS, "data", "shape", "format", "indices", "col", "_is_array"}
    parts = {prefix + part for prefix in sparse.values() for part in own}
    names = (*sparse, *(name for name in archive.names if name not in parts))
    return SparseArchive(archive, names, sparse)


def _matrix(archive: Archive, prefix: str, *, where: str) -> Any:  # noqa: ANN401
    """The matrix, after all its indices were found to lie inside."""
    sparse = need("scipy.sparse", "sparse matrices need")
    kind = _format(archive, prefix)
    if kind not in _PARTS:
        raise DataError(f"{where}: sparse format {kind!r}; csr, csc and coo are read: {_AGAIN}")
    missing = [part for part in _PARTS[kind] if prefix + part not in archive.names]
    if missing:
        raise DataError(f"{where}: sparse format {kind} without {', '.join(missing)}: {_AGAIN}")
    shape = _shape(archive.read(prefix + "shape"), where=where)
    values, *places = (archive.read(prefix + part) for part in _PARTS[kind])
    if values.dtype.kind not in "buif" or any(part.dtype.kind not in "iu" for part in places):
        kinds = ", ".join(str(part.dtype) for part in (values, *places))
        raise DataError(
            f"{where}: a sparse matrix of {kinds}; real numbers at places in whole numbers are "
            f"needed: {_AGAIN}"
        )
    try:
        if kind == "coo":
            return sparse.coo_array((values, tuple(places)), shape=shape)
        found = getattr(sparse, f"{kind}_array")((values, *places), shape=shape)
        found.check_format(full_check=True)
    except (ValueError, TypeError, IndexError) as error:
        raise DataError(f"{where}: a damaged sparse matrix ({error}): {_AGAIN}") from error
    return found


def _format(archive: Archive, prefix: str) -> str:
    """Name of the format as it stands in the file, csr if it does not."""
    if prefix + "format" not in archive.names:
        return "csr"
    text = archive.read(prefix + "format").ravel()[:1].tolist()
    name = text[0] if text else ""
    return (name.decode(errors="replace") if isinstance(name, bytes) else str(name))[:20]


def _shape(found: Array, *, where: str) -> tuple[int, int]:
    """Numbers of rows and columns, for which there is memory."""
    if found.dtype.kind not in "iu" or found.shape != (2,) or found.min() < 1:
        raise DataError(
            f"{where}: a sparse matrix of shape {found.ravel()[:8].tolist()}; two whole numbers "
            f"of at least 1, rows and columns, are needed: {_AGAIN}"
        )
    rows, columns = map(int, found)
    most = max(8 * (rows + 1), 4 * columns)  # beginnings of rows; a dense row
    need_memory(most, f"{where}: a sparse matrix of {rows} x {columns}", remedy=_AGAIN)
    return rows, columns
