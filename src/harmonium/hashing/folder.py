"""Files of an index: arrays that are mapped into memory, and one file that names them."""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harmonium.errors import DataError
from harmonium.files import regular, write_whole
from harmonium.hashing.codes import Words
from harmonium.hashing.tables import Tables

__all__ = ["read", "rows_of", "verify", "whole", "write"]

_HEAD = "index.json"
_FORMAT = "harmonium Hamming index 1"
_LONGEST = 1 << 16
"""Bytes that the file with the names may have."""

_PARTS = ("words", "bits", "start", "low", "high")
_FILE = re.compile(rf"({'|'.join(_PARTS)})-[0-9a-f]{{16}}\.npy")
_AGAIN = "write the index again, or bring all of its files again"


def write(folder: Path, words: Words, *, bits: int, tables: Tables | None) -> Path:
    """Writes an index, so that at every moment either the old or the new one is there.

    Files are named by their contents; ``index.json``, written last, names those that belong
    together.

    Raises:
        ValueError: the folder holds other things.
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    others = [path.name for path in folder.iterdir() if not _ours(path.name)]
    if others:
        raise DataError(
            f"{folder}: holds other things ({sorted(others)[0]!r}): name an empty folder for the "
            "index"
        )
    arrays: dict[str, NDArray[Any]] = {"words": words}
    if tables is not None:
        arrays |= {name: getattr(tables, name) for name in _PARTS[1:]}
    files = {name: _written(folder, name, array=array) for name, array in arrays.items()}
    head = {"format": _FORMAT, "bits": bits, "codes": len(words), "files": files}
    write_whole(folder / _HEAD, json.dumps(head, indent=1) + "\n")
    kept = {entry["name"] for entry in files.values()}
    for path in folder.iterdir():
        if _FILE.fullmatch(path.name) and path.name not in kept:
            path.unlink(missing_ok=True)
    return folder


def read(folder: Path) -> tuple[Words, int, Tables | None]:
    """Maps the files of an index: its words, the number of bits, and its tables.

    Raises:
        FileNotFoundError: there is no index.
        ValueError: files are damaged, or do not belong together.
    """
    head = _head(folder)
    bits, files = head["bits"], head["files"]
    arrays = {name: _mapped(folder, entry) for name, entry in files.items()}
    try:
        return _checked(arrays, bits, codes=head["codes"])
    except DataError as error:
        raise DataError(f"{folder}: {error}: {_AGAIN}") from None


def verify(folder: Path) -> None:
    """Compares every file of an index with its checksum.

    Raises:
        FileNotFoundError: there is no index.
        ValueError: a file has changed.
    """
    for entry in _head(folder)["files"].values():
        path = folder / entry["name"]
        with regular(path).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != entry["sha256"]:
            raise DataError(f"{path}: its content does not fit its checksum: {_AGAIN}")


@contextmanager
def whole() -> Iterator[None]:
    """Turns the errors of a look-up in damaged tables into one that says so."""
    try:
        yield
    except (IndexError, ValueError) as error:
        raise DataError(f"the index is damaged ({error}): {_AGAIN}") from error


def rows_of(tables: Tables, keys: NDArray[np.int32]) -> NDArray[np.int64]:
    """Rows in the buckets of some keys of each table, sorted.

    Raises:
        ValueError: the tables are damaged.
    """
    with whole():
        return tables.bucket_rows(keys)


def _ours(name: str) -> bool:
    return name == _HEAD or _FILE.fullmatch(name.lstrip(".")[: len(name)]) is not None


def _written(folder: Path, name: str, *, array: NDArray[Any]) -> dict[str, str]:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    content = buffer.getbuffer()
    digest = hashlib.sha256(content).hexdigest()
    path = folder / f"{name}-{digest[:16]}.npy"
    if not path.exists():
        write_whole(path, bytes(content))
    return {"name": path.name, "sha256": digest}


def _head(folder: Path) -> dict[str, Any]:
    """The file with the names, checked."""
    path = folder / _HEAD
    if not path.exists():
        raise FileNotFoundError(f"{folder}: no index in it ({_HEAD} is missing): save one first")
    with regular(path).open("rb") as file:
        content = file.read(_LONGEST + 1)
    try:
        head = json.loads(content)
        fits = len(content) <= _LONGEST and head["format"] == _FORMAT and _plain(head)
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise DataError(
            f"{path}: not the head of an index ({type(error).__name__}): {_AGAIN}"
        ) from None
    if not fits:
        raise DataError(f"{path}: not the head of an index of this version: {_AGAIN}")
    return dict(head)


def _plain(head: Mapping[str, Any]) -> bool:
    """Whether sizes are whole numbers, and files are those that an index has."""
    files = head["files"]
    return (
        all(type(head[name]) is int and head[name] >= least for name, least in _LEAST.items())
        and set(files) in ({"words"}, set(_PARTS))
        and all(
            _FILE.fullmatch(entry["name"]) and entry["name"].startswith(f"{name}-")
            for name, entry in files.items()
        )
        and all(isinstance(entry["sha256"], str) for entry in files.values())
    )


_LEAST = {"bits": 1, "codes": 0}


def _mapped(folder: Path, entry: Mapping[str, str]) -> NDArray[Any]:
    path = folder / entry["name"]
    try:
        array = np.load(regular(path), mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, SyntaxError) as error:
        raise DataError(f"{path}: unreadable array ({error}): {_AGAIN}") from None
    return np.asarray(array)


def _checked(
    arrays: Mapping[str, NDArray[Any]], bits: int, *, codes: int
) -> tuple[Words, int, Tables | None]:
    """The parts of the index, if shapes, types and directories fit together."""
    words = arrays["words"]
    width = -(-bits // 8)
    size = next((s for s in (1, 2, 4) if width <= s), 8)
    _check("words", words, kind=np.dtype(f"<u{size}").str, shape=(codes, -(-width // size)))
    if "start" not in arrays:
        return words, bits, None
    chosen, start, low, high = (arrays[name] for name in _PARTS[1:])
    if chosen.ndim != 2 or not chosen.size or not 0 <= chosen.min() <= chosen.max() < bits:
        raise DataError("its tables read bits that codes do not have")
    tables, p = chosen.shape
    if len(np.unique(chosen)) != chosen.size or p > 31:
        raise DataError("its tables share bits")
    _check("bits", chosen, kind="<i4", shape=(tables, p))
    _check("start", start, kind="<i4", shape=(tables, (1 << p) + 1))
    _check("low", low, kind="<u2", shape=(tables, codes))
    upper = "|u1" if codes <= 1 << 24 else "<u2"
    _check("high", high, kind=upper, shape=(tables, codes if codes > 1 << 16 else 0))
    if start[:, 0].any() or (start[:, -1] != codes).any() or (np.diff(start) < 0).any():
        raise DataError("its directory of buckets is damaged")
    return words, bits, Tables(chosen, start, low, high)


def _check(name: str, array: NDArray[Any], *, kind: str, shape: tuple[int, ...]) -> None:
    if array.dtype.str != kind or array.shape != shape:
        raise DataError(
            f"{name} are {array.dtype.str} of shape {array.shape}; {kind} {shape} belong there"
        )
