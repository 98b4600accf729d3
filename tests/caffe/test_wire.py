"""The binary form: what was written is read, and damage is refused in words."""

import struct
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from harmonium.caffe import read_caffe, write_caffemodel
from harmonium.caffe.wire import parse_wire, read_wire, varint, written
from harmonium.errors import DataError, HarmoniumError
from tests.caffe.nets import TINY, blobs_of
from tests.caffe.nets import written as text_file


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("caffe")
    path = text_file(TINY, folder)
    content = write_caffemodel(folder / "a.caffemodel", blobs_of(read_caffe(path))).read_bytes()
    return path, content


def test_what_protobuf_writes_is_read() -> None:
    # layer { name "ip" blobs { shape { dim 1 dim 300 } data [300 values] } }, by hand
    data = struct.pack("<300f", *range(300))
    blob = b"\x3a\x05\x0a\x03\x01\xac\x02" + b"\x2a\xb0\x09" + data
    layer = b"\x0a\x02ip" + b"\x3a" + varint(len(blob)) + blob
    net = parse_wire(b"\xa2\x06" + varint(len(layer)) + layer, "net")
    found = net.messages("layer")[0].messages("blobs")[0]
    assert found.message("shape").wholes("dim") == [1, 300]
    np.testing.assert_array_equal(found.fields["data"][0].value, np.arange(300))


def test_numbers_that_are_not_packed_are_read() -> None:
    loose = b"".join(b"\x2d" + struct.pack("<f", v) for v in (1.5, -2.0))
    found = parse_wire(b"\x10\x02" + loose + b"\x10\x03", "blob")
    np.testing.assert_array_equal(found.fields["data"][0].value, [1.5, -2.0])
    assert found.wholes("channels") == [2, 3]


@given(st.integers(0, 2**64 - 1))
def test_numbers_come_back(value: int) -> None:
    net = parse_wire(b"\x20" + varint(value), "net")
    assert net.fields["input_dim"][0].value % 2**64 == value


def test_every_truncation_is_refused(tiny: tuple[Path, bytes], tmp_path: Path) -> None:
    description, content = tiny
    for end in range(len(content)):
        cut = tmp_path / "cut.caffemodel"
        cut.write_bytes(content[:end])
        with pytest.raises(DataError):
            read_caffe(description, cut)


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_any_changed_byte_is_read_or_refused(
    tiny: tuple[Path, bytes], tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    description, content = tiny
    changed = bytearray(content)
    changed[place % len(content)] = byte
    path = tmp_path_factory.mktemp("changed") / "a.caffemodel"
    path.write_bytes(changed)
    try:
        found = read_caffe(description, path)
    except HarmoniumError:
        return
    assert all(bool(torch.isfinite(p).all()) for p in found.net.parameters())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    message = ""
    try:
        parse_wire(content, "net")
    except DataError as error:
        message = str(error)
    assert not message or "byte" in message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x0a\xff\xff\xff\xff\x0f" + b"x", "a field of 4,294,967,295 bytes, and 1 are left"),
        (b"\x0a" + b"\xff" * 9 + b"\x01", "18,446,744,073,709,551,615 bytes"),
        (b"\xff" * 40, "more than 10 bytes"),
        (b"\x20" + b"\x80" * 5, "ends inside a number"),
        (b"\x0b\x0c", "wire type 3"),
        (b"\x02\x00", "field number 0"),
        (b"\x08\x05", "name has wire type 0"),
        (b"\xa2\x06\x00" * 50_001, "more than 50,000 messages"),
        (b"\x20\x01" * 200_001, "more than 200,000 fields"),
        (b"\x22\xc5\x9a\x0c" + b"\x01" * 200_005, "more than 200,000 fields"),
    ],
)
def test_hostile_messages_are_refused(content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_wire(content, "net")


def test_deep_nesting_takes_no_stack() -> None:
    content = b""
    for _ in range(3000):  # of fields that the schema does not know
        content = b"\xfa\x07" + varint(len(content)) + content
    assert parse_wire(content, "net").fields == {}


@pytest.mark.parametrize(
    ("shape", "values", "message"),
    [
        (varint(2**62) * 2, 4, "does not fit 32 bits"),
        (varint(2**31 - 1) * 3, 4, "with 4 values"),
        (varint(2**64 - 1) + b"\x01", 4, "with 4 values"),
        (b"\x02\x03", 4, r"shape \(2, 3\) with 4 values"),
        (b"\x01" * 40 + b"\x04", 4, "with 4 values"),
    ],
)
def test_blobs_of_another_size_are_refused(
    tiny: tuple[Path, bytes], tmp_path: Path, shape: bytes, values: int, message: str
) -> None:
    packed = b"\x0a" + varint(len(shape)) + shape
    blob = written("blob", [("shape", packed), ("data", np.ones(values))])
    layers = b"".join(
        written(
            "net", [("layer", written("layer", [("name", n), ("type", "x"), ("blobs", blob)]))]
        )
        for n in ("conv", "ip")
    )
    path = tmp_path / "wrong.caffemodel"
    path.write_bytes(layers)
    with pytest.raises(DataError, match=message):
        read_caffe(tiny[0], path)


def test_an_empty_file_and_a_text_are_refused(tmp_path: Path) -> None:
    for content in (b"", b"layer { name: 'a' }"):
        path = tmp_path / "a.caffemodel"
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"a\.caffemodel"):
            read_wire(path)
