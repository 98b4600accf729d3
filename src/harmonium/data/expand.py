"""Refuses files that are small on disk and huge in memory, before they are read."""

from __future__ import annotations

import gzip
import io
import lzma
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from harmonium.errors import DataError
from harmonium.files import regular

__all__ = ["check_expansion", "opened", "opened_text", "packed_size"]

_VARIABLE = "HARMONIUM_MAX_GIB"
_MOST = 8.0  # maximum GiB of one decompressed file, or member of an archive
_RATIO, _LEAST = 200, 1.0  # above 1 GiB, at most 200 times the compressed size
_GIB = 2**30
_DEFLATE = 1032  # maximum ratio of decompressed to compressed bytes of gzip


def check_expansion(where: str, *, packed: int, unpacked: int) -> None:
    """Checks that `packed` bytes may become `unpacked` bytes.

    The limits are 8 GiB, and above 1 GiB 200 times the packed size. The environment variable
    HARMONIUM_MAX_GIB replaces both by one number of GiB.

    Raises:
        ValueError: a limit is exceeded.

    >>> check_expansion("a.npz", packed=1000, unpacked=2000)
    >>> check_expansion("a.npz", packed=10**7, unpacked=10**13)
    Traceback (most recent call last):
    harmonium.errors.DataError: a.npz: 0.01 GiB would expand to 9313.23 GiB; the limit is 8 \
GiB, and 200 times \
the packed size above 1 GiB: if you trust the file, set HARMONIUM_MAX_GIB
    """
    value = os.environ.get(_VARIABLE)
    try:
        most = float(value) if value else _MOST
    except ValueError as error:
        raise DataError(f"{_VARIABLE} is {value!r}; a number of GiB is needed") from error
    if not most >= 0:
        raise DataError(f"{_VARIABLE} is {value!r}; a number of GiB of at least 0 is needed")
    ratio_counts = not value and unpacked > _LEAST * _GIB
    if unpacked > most * _GIB or (ratio_counts and unpacked > _RATIO * packed):
        ratio = "" if value else f", and {_RATIO} times the packed size above {_LEAST:g} GiB"
        raise DataError(
            f"{where}: {packed / _GIB:.2f} GiB would expand to {unpacked / _GIB:.2f} GiB; the "
            f"limit is {most:g} GiB{ratio}: if you trust the file, set {_VARIABLE}"
        )


def packed_size(path: Path) -> int:
    """Number of bytes of a file on disk, without holes.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a regular file.
    """
    status = regular(path).stat()
    blocks = getattr(status, "st_blocks", None)  # of 512 bytes, if the system counts them
    return status.st_size if not blocks else min(status.st_size, 512 * blocks)


@contextmanager
def opened(path: Path, *, packed: bool | None = None) -> Iterator[BinaryIO]:
    """Opens the bytes of a file; .gz or .xz is decompressed as far as `check_expansion` allows.

    `packed` says whether it is a .gz; None to decide by its name.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not a regular file, expands too far, or is a damaged .gz or .xz; the
            message names the file.
    """
    on_disk, size = packed_size(path), path.stat().st_size
    if size > on_disk:  # holes, which are read as zeros
        check_expansion(str(path), packed=on_disk, unpacked=size)
    if packed is None and path.suffix.lower() == ".xz":
        try:
            with lzma.open(path, "rb") as stream:
                yield io.BufferedReader(_Counted(stream, path), 1 << 20)
        except (EOFError, lzma.LZMAError) as error:
            raise DataError(
                f"{path}: damaged xz stream ({error}): bring the whole file again"
            ) from error
        return
    if not (path.suffix.lower() == ".gz" if packed is None else packed):
        with path.open("rb") as plain:
            yield plain
        return
    try:
        if on_disk > _LEAST * _GIB / _DEFLATE:  # may be too much, and parsing it takes minutes
            _measure(path)
        with gzip.open(path, "rb") as stream:
            yield io.BufferedReader(_Counted(stream, path), 1 << 20)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            f"{path}: damaged gzip stream ({error}): bring the whole file again"
        ) from error


@contextmanager
def opened_text(path: Path) -> Iterator[io.TextIOWrapper]:
    """Opens the text of a UTF-8 file, plain, .gz or .xz; line ends are kept.

    Raises:
        ValueError: as `opened`, and if the bytes are not UTF-8.
    """
    with opened(path) as raw, io.TextIOWrapper(raw, encoding="utf-8-sig", newline="") as text:
        try:
            yield text
        except UnicodeDecodeError as error:
            raise DataError(
                f"{path}: not text in UTF-8 ({error.reason} at byte {error.start} of a block): "
                "convert the file, for instance with iconv -t utf-8"
            ) from error


def _measure(path: Path) -> None:
    """Decompresses all of a file once, without keeping it."""
    with gzip.open(path, "rb") as stream:
        counted = _Counted(stream, path)
        buffer = memoryview(bytearray(1 << 20))
        while counted.readinto(buffer):
            pass


class _Counted(io.RawIOBase):
    """A stream that stops if it exceeds the limit for its compressed size."""

    def __init__(self, stream: gzip.GzipFile | lzma.LZMAFile, path: Path) -> None:
        self._stream, self._path, self._given = stream, path, 0
        self._packed = packed_size(path)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        self._given += len(chunk)
        check_expansion(str(self._path), packed=self._packed, unpacked=self._given)
        return len(chunk)
