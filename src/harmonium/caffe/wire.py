"""The binary form of protobuf messages, read and written without a generated schema.

A message is a sequence of fields, each a key (number and wire type) and a value
(https://protobuf.dev/programming-guides/encoding/). Arrays of numbers are views of the file.
"""

import mmap
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import NDArray

from harmonium.caffe.message import Message
from harmonium.caffe.schema import SCHEMA
from harmonium.errors import DataError
from harmonium.files import regular

__all__ = ["packed_floats", "parse_wire", "read_wire", "varint", "written"]

_FIELDS = 200_000
"""Largest number of fields of a file; those of GoogLeNet are 3000."""

_MESSAGES = 50_000
"""Largest number of messages within messages."""

_LOOSE = {"float": 5, "double": 1}
"""Kind of real numbers -> wire type of a single one."""

_ARRAYS = {"data": "<f4", "double_data": "<f8"}
"""Fields of values of a blob -> their type; they are kept as arrays."""


class _Given(NamedTuple):
    """A field as it stands in the file: the value, or the place of its bytes."""

    name: str
    kind: str
    wire: int
    value: Any
    at: int


def _signed(value: int) -> int:
    return value - 2**64 if value >= 2**63 else value


def read_wire(path: Path, kind: str = "net") -> Message:
    """Reads a binary file, such as a .caffemodel or a .binaryproto.

    Args:
        path: the file.
        kind: of its message (``SCHEMA``).

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged or of another kind.
    """
    with regular(path).open("rb") as file:
        if not path.stat().st_size:
            raise DataError(f"{path}: an empty file")
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    return parse_wire(view, kind, name=path.name)


def parse_wire(data: bytes | memoryview, kind: str, *, name: str = "protobuf") -> Message:
    r"""Reads a message.

    Args:
        data: its bytes.
        kind: of the message (``SCHEMA``).
        name: of the file, for errors.

    Raises:
        ValueError: the bytes are no such message.

    >>> parse_wire(b"\x0a\x05LeNet", "net").text("name")
    'LeNet'
    """
    return _Reader(memoryview(data), name).message(kind, 0, end=len(data))


class _Reader:
    def __init__(self, data: memoryview, name: str) -> None:
        self.data, self.name = data, name
        self.fields = self.messages = 0

    def message(self, kind: str, at: int, *, end: int) -> Message:
        self.messages += 1
        if self.messages > _MESSAGES:
            self.refuse(at, f"more than {_MESSAGES:,d} messages")
        found, schema = Message(self.name), SCHEMA[kind]
        loose: dict[str, list[bytes]] = {}
        while at < end:
            self.count(1, at)
            start = at
            key, at = self.varint(at, end=end)
            number, wire = key >> 3, key & 7
            if not 0 < number < 2**29:
                self.refuse(start, f"field number {number}")
            value, at = self.value(wire, at, end=end)
            if number not in schema:
                continue
            name, of = schema[number]
            if name in _ARRAYS and wire == _LOOSE.get(of):
                loose.setdefault(name, []).append(bytes(self.data[slice(*value)]))
            else:
                one = _Given(name, of, wire, value, start)
                for item in self.values(one):
                    found.add(name, item)
        for name, pieces in loose.items():
            found.add(name, np.frombuffer(b"".join(pieces), _ARRAYS[name]))
        return found

    def values(self, given: "_Given") -> Iterable[Any]:
        """The values of a field: several of a packed one."""
        kind, wire, place = given.kind, given.wire, given.value
        if (kind, wire) == ("int", 0):
            return [_signed(place)]
        if wire == _LOOSE.get(kind):
            code = "<f" if kind == "float" else "<d"
            return struct.unpack(code, self.data[slice(*place)])
        if wire != 2:
            self.refuse(given.at, f"{given.name} has wire type {wire}, which is none of {kind}")
        if kind == "int":
            return self.packed(*place)
        if kind in _LOOSE:
            return self.numbers(given)
        if kind == "text":
            return [bytes(self.data[slice(*place)]).decode("utf-8", "backslashreplace")]
        return [self.message(kind, place[0], end=place[1])]

    def packed(self, at: int, end: int) -> Iterator[int]:
        while at < end:
            self.count(1, at)
            value, at = self.varint(at, end=end)
            yield _signed(value)

    def numbers(self, given: "_Given") -> Iterable[Any]:
        code = "<f4" if given.kind == "float" else "<f8"
        first, end = given.value
        size = int(code[2])
        if (end - first) % size:
            self.refuse(given.at, f"{given.name} has {end - first} bytes, no multiple of {size}")
        array = np.frombuffer(self.data[first:end], code)
        if given.name in _ARRAYS:
            return [array]
        self.count(len(array), given.at)
        return list(array.tolist())

    def count(self, fields: int, at: int) -> None:
        self.fields += fields
        if self.fields > _FIELDS:
            self.refuse(at, f"more than {_FIELDS:,d} fields")

    def value(self, wire: int, at: int, *, end: int) -> tuple[Any, int]:
        """The value of a field, or its place, and the place behind it."""
        if wire == 0:
            return self.varint(at, end=end)
        if wire in (1, 5):
            size = 8 if wire == 1 else 4
        elif wire == 2:
            size, at = self.varint(at, end=end)
        else:
            self.refuse(at, f"wire type {wire}, which Caffe does not use")
        if size > end - at:
            self.refuse(at, f"a field of {size:,d} bytes, and {end - at:,d} are left")
        return (at, at + size), at + size

    def varint(self, at: int, *, end: int) -> tuple[int, int]:
        value = 0
        for place in range(10):
            if at >= end:
                self.refuse(at, "the file ends inside a number")
            byte = self.data[at]
            at += 1
            value |= (byte & 127) << 7 * place
            if byte < 128:
                break
        else:
            self.refuse(at, "a number of more than 10 bytes")
        return value & (2**64 - 1), at

    def refuse(self, at: int, what: str) -> NoReturn:
        raise DataError(
            f"{self.name}: no message of Caffe, or damaged: byte {at:,d}: {what}; copy it again"
        )


# --- writing --------------------------------------------------------------------------------


def varint(value: int) -> bytes:
    r"""A number in 7-bit groups, the lowest first.

    >>> varint(300)
    b'\xac\x02'
    """
    value &= 2**64 - 1
    found = bytearray()
    while value > 127:
        found.append(value & 127 | 128)
        value >>= 7
    found.append(value)
    return bytes(found)


def packed_floats(array: NDArray[np.floating]) -> bytes:
    """Values as 32-bit numbers, lowest byte first."""
    return np.ascontiguousarray(array, "<f4").tobytes()


def written(kind: str, fields: Iterable[tuple[str, Any]]) -> bytes:
    r"""The bytes of a message.

    Args:
        kind: of the message (``SCHEMA``).
        fields: names and values in order: text, a number, an array, or bytes of a message.

    >>> written("net", [("name", "LeNet")])
    b'\n\x05LeNet'
    """
    numbers = {name: (number, of) for number, (name, of) in SCHEMA[kind].items()}
    found = bytearray()
    for name, value in fields:
        number, of = numbers[name]
        if of == "int":
            found += varint(number << 3) + varint(int(value))
        elif of == "float" and isinstance(value, int | float):
            found += varint(number << 3 | 5) + struct.pack("<f", value)
        else:
            content = _content(value)
            found += varint(number << 3 | 2) + varint(len(content)) + content
    return bytes(found)


def _content(value: str | bytes | NDArray[np.floating] | Sequence[float]) -> bytes:
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) else packed_floats(np.asarray(value))
