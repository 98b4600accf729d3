"""The binary form of protobuf messages, read and written without a generated schema.

A message is a sequence of fields, each a key (number and wire type) and a value
(https://protobuf.dev/programming-guides/encoding/). Arrays of numbers are views of the file.
"""

import mmap
import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from harmonium.caffe.message import Message
from harmonium.caffe.schema import SCHEMA
from harmonium.errors import DataError
from harmonium.files import regular

__all__ = ["packed_floats", "parse_wire", "read_wire", "varint", "written"]

_FIELDS = 2_000_000
"""Largest number of fields of a file; those of GoogLeNet are 3000."""

_MESSAGES = 100_000
"""Largest number of messages within messages."""

_SIZES = {"float": 4, "double": 8}


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
    """Reads a message.

    Args:
        data: its bytes.
        kind: of the message (``SCHEMA``).
        name: of the file, for errors.

    Raises:
        ValueError: the bytes are no such message.

    >>> parse_wire(b"\\x0a\\x05LeNet", "net").text("name")
    'LeNet'
    """
    return _Reader(memoryview(data), name).message(kind, 0, len(data))


class _Reader:
    def __init__(self, data: memoryview, name: str) -> None:
        self.data, self.name = data, name
        self.fields = self.messages = 0

    def message(self, kind: str, at: int, end: int) -> Message:
        self.messages += 1
        if self.messages > _MESSAGES:
            self.refuse(at, f"more than {_MESSAGES:,d} messages")
        found, schema = Message(self.name), SCHEMA[kind]
        loose: dict[str, list[bytes]] = {}
        while at < end:
            self.fields += 1
            if self.fields > _FIELDS:
                self.refuse(at, f"more than {_FIELDS:,d} fields")
            start = at
            key, at = self.varint(at, end)
            number, wire = key >> 3, key & 7
            if not 0 < number < 2**29:
                self.refuse(start, f"field number {number}")
            value, at = self.value(wire, at, end)
            if number in schema:
                self.keep(found, loose, schema[number], value=value, wire=wire, at=start)
        for name, pieces in loose.items():
            found.add(name, np.frombuffer(b"".join(pieces), "<f4" if name == "data" else "<f8"))
        return found

    def keep(  # noqa: PLR0913
        self,
        found: Message,
        loose: dict[str, list[bytes]],
        field: tuple[str, str],
        *,
        value: Any,  # noqa: ANN401
        wire: int,
        at: int,
    ) -> None:
        name, kind = field
        if kind == "int" and wire == 0:
            found.add(name, value - 2**64 if value >= 2**63 else value)
        elif kind == "int" and wire == 2:
            here, end = value
            while here < end:
                self.fields += 1
                if self.fields > _FIELDS:
                    self.refuse(here, f"more than {_FIELDS:,d} fields")
                one, here = self.varint(here, end)
                found.add(name, one - 2**64 if one >= 2**63 else one)
        elif kind in _SIZES and wire == 2:
            self.numbers(found, name, kind, value=value, at=at)
        elif (kind, wire) in (("float", 5), ("double", 1)):
            if name in ("data", "double_data"):
                loose.setdefault(name, []).append(bytes(self.data[slice(*value)]))
            else:
                code = "<f" if kind == "float" else "<d"
                found.add(name, struct.unpack(code, self.data[slice(*value)])[0])
        elif kind == "text" and wire == 2:
            found.add(name, bytes(self.data[slice(*value)]).decode("utf-8", "backslashreplace"))
        elif kind in SCHEMA and wire == 2:
            found.add(name, self.message(kind, *value))
        else:
            self.refuse(at, f"{name} has wire type {wire}, which is none of {kind}")

    def numbers(
        self, found: Message, name: str, kind: str, *, value: tuple[int, int], at: int
    ) -> None:
        size = _SIZES[kind]
        if (value[1] - value[0]) % size:
            self.refuse(at, f"{name} has {value[1] - value[0]} bytes, no multiple of {size}")
        array = np.frombuffer(self.data[slice(*value)], f"<f{size}")
        if name in ("data", "double_data"):
            found.add(name, array)
            return
        self.fields += len(array)
        if self.fields > _FIELDS:
            self.refuse(at, f"more than {_FIELDS:,d} fields")
        for number in array.tolist():
            found.add(name, number)

    def value(self, wire: int, at: int, end: int) -> tuple[Any, int]:
        """The value of a field, or its place, and the place behind it."""
        if wire == 0:
            return self.varint(at, end)
        if wire in (1, 5):
            size = 8 if wire == 1 else 4
        elif wire == 2:
            size, at = self.varint(at, end)
        else:
            self.refuse(at, f"wire type {wire}, which Caffe does not use")
        if size > end - at:
            self.refuse(at, f"a field of {size:,d} bytes, and {end - at:,d} are left")
        return (at, at + size), at + size

    def varint(self, at: int, end: int) -> tuple[int, int]:
        value = 0
        for place in range(10):
            if at >= end:
                self.refuse(at, "the file ends inside a number")
            byte = self.data[at]
            at += 1
            value |= (byte & 127) << 7 * place
            if byte < 128:
                return value & (2**64 - 1), at
        self.refuse(at, "a number of more than 10 bytes")

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
    """The bytes of a message.

    Args:
        kind: of the message (``SCHEMA``).
        fields: names and values in order: text, a number, an array, or bytes of a message.

    >>> written("net", [("name", "LeNet")])
    b'\\n\\x05LeNet'
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
