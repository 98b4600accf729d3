"""Reads the layout of an Arrow file before Arrow allocates or trusts any of it.

The file format ends with a footer that gives the places of its record batches; each batch has a
message with the places of its buffers. Both are FlatBuffers
(https://arrow.apache.org/docs/format/Columnar.html), of which only these numbers are read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from harmonium.errors import DataError
from harmonium.files import regular

__all__ = ["arrow_layout"]

_MAGIC = b"ARROW1"
_RECORD_BATCH, _DICTIONARY_BATCH = 3, 2
_BLOCK, _BUFFER = 24, 16  # bytes of the structures in FlatBuffers' vectors


@dataclass(frozen=True)
class _Table:
    """A table of FlatBuffers, with fields by number."""

    raw: bytes
    at: int

    def field(self, number: int) -> int | None:
        """Place of a field; None if it is missing."""
        fields = self.at - _number(self.raw, self.at, kind="i")
        size = _number(self.raw, fields, kind="H")
        place = 4 + 2 * number
        offset = _number(self.raw, fields + place, kind="H") if place + 2 <= size else 0
        return self.at + offset if offset else None

    def number(self, number: int, kind: str) -> int:
        """Value of a number field; 0 if it is missing."""
        place = self.field(number)
        return 0 if place is None else _number(self.raw, place, kind=kind)

    def table(self, number: int) -> _Table | None:
        """Table in a field; None if it is missing."""
        place = self.field(number)
        return (
            None if place is None else _Table(self.raw, place + _number(self.raw, place, kind="I"))
        )

    def structures(self, number: int, size: int) -> Iterator[int]:
        """Places of the structures of a vector."""
        place = self.field(number)
        if place is None:
            return iter(())
        first = place + _number(self.raw, place, kind="I")
        count = _number(self.raw, first, kind="I")
        if first + 4 + count * size > len(self.raw):
            raise DataError("a vector that is longer than its message")
        return iter(range(first + 4, first + 4 + count * size, size))


def _number(raw: bytes, at: int, *, kind: str) -> int:
    if at < 0:
        raise DataError("a place before its message")
    value: int = struct.unpack_from(f"<{kind}", raw, at)[0]
    return value


def arrow_layout(path: Path) -> tuple[list[int], list[int]]:
    """Number of rows of each record batch, and uncompressed bytes of each batch and dictionary.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not an Arrow file, or its batches and buffers lie outside of it.
    """
    size = regular(path).stat().st_size
    try:
        with path.open("rb") as file:
            batches = list(_batches(file, size))
    except (struct.error, ValueError) as error:
        raise DataError(f"{path}: not a whole Arrow file ({error})") from error
    return [rows for rows, _ in batches if rows is not None], [n for _, n in batches]


def _batches(file: BinaryIO, size: int) -> Iterator[tuple[int | None, int]]:
    """Yields (rows, uncompressed bytes) of every batch; rows are None for a dictionary batch."""
    footer, left = _footer(file, size), size
    for field, kind in ((2, _DICTIONARY_BATCH), (3, _RECORD_BATCH)):
        for block in footer.structures(field, _BLOCK):
            place = _number(footer.raw, block, kind="q")
            head = _number(footer.raw, block + 8, kind="i")
            _check_within(place, head, size=left)
            batch, body = _batch(_read(file, place, length=head), kind)
            _check_within(place + head, body, size=size)
            left -= head + body
            if left < 0:
                raise DataError("batches that lie in each other")
            rows = batch.number(0, "q")
            if rows < 0:
                raise DataError(f"a batch of {rows} rows")
            unpacked = sum(_unpacked(file, batch, place=place + head, body=body))
            yield (rows if kind == _RECORD_BATCH else None), unpacked


def _check_within(place: int, length: int, *, size: int) -> None:
    if place < 8 or not 0 <= length <= size:
        raise DataError("a batch that lies beyond its end")


def _footer(file: BinaryIO, size: int) -> _Table:
    if size < 2 * len(_MAGIC) + 6 or file.read(len(_MAGIC)) != _MAGIC:
        raise DataError("it does not begin as one")
    end = _read(file, size - 10, length=10)
    length = _number(end, 0, kind="i")
    if end[4:] != _MAGIC or not 4 <= length <= size - 16:
        raise DataError("it does not end as one")
    raw = _read(file, size - 10 - length, length=length)
    return _Table(raw, _number(raw, 0, kind="I"))


def _batch(raw: bytes, kind: int) -> tuple[_Table, int]:
    """The record batch in a message, after its length, and the length of its body."""
    raw = raw[8:] if raw[:4] == b"\xff\xff\xff\xff" else raw[4:]
    message = _Table(raw, _number(raw, 0, kind="I"))
    batch = message.table(2) if message.number(1, "B") == kind else None
    if batch is not None and kind == _DICTIONARY_BATCH:
        batch = batch.table(1)
    if batch is None:
        raise DataError("a batch of another kind than its footer says")
    return batch, message.number(3, "q")


def _unpacked(file: BinaryIO, batch: _Table, *, place: int, body: int) -> Iterator[int]:
    """Yields the uncompressed bytes of each buffer of a batch."""
    packed = batch.field(3) is not None
    for buffer in batch.structures(2, _BUFFER):
        offset, length = (_number(batch.raw, buffer + k, kind="q") for k in (0, 8))
        if offset < 0 or length < 0 or offset + length > body:
            raise DataError("a buffer lies beyond its batch")
        if packed and length:
            announced = _number(_read(file, place + offset, length=8), 0, kind="q")
            if announced < -1:
                raise DataError(f"a packed buffer of {announced} bytes")
            length = length if announced == -1 else announced
        yield length


def _read(file: BinaryIO, place: int, *, length: int) -> bytes:
    file.seek(place)
    raw = file.read(length)
    if len(raw) < length:
        raise DataError("it ends too early")
    return raw
