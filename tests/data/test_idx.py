"""IDX reading: exact on good files, and every kind of damage is refused with its name."""

import gzip
import hashlib
import os
import tracemalloc

import pytest
import torch

from harmonium.data.idx import idx_header, idx_md5, read_idx

VALUES = (torch.arange(5 * 7 * 3) % 256).to(torch.uint8).reshape(5, 7, 3)
# Written out by hand, so that reader and `idx_header` cannot be wrong together.
HEADER = bytes([0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 3])
WHOLE = HEADER + bytes(VALUES.flatten().tolist())


@pytest.fixture
def file(tmp_path):
    def write(contents):
        path = tmp_path / "some-images-idx3-ubyte"
        path.write_bytes(contents)
        return path

    return write


def refused(path, *parts):
    with pytest.raises(ValueError, match="some-images-idx3-ubyte") as caught:
        read_idx(path)
    message = str(caught.value)
    assert all(part in message for part in parts), message
    assert "bring" in message  # the remedy


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_values_and_shape_come_back(file, pack):
    values = read_idx(str(file(pack(WHOLE))))
    assert values.dtype == torch.uint8
    assert torch.equal(values, VALUES)


def test_result_is_writable_memory_of_its_own(file):
    path = file(WHOLE)
    read_idx(path).zero_()
    assert torch.equal(read_idx(path), VALUES)


def test_header_and_md5_are_those_of_the_file():
    assert idx_header(VALUES.shape) == HEADER
    assert idx_md5(VALUES) == hashlib.md5(WHOLE).hexdigest()
    assert idx_md5(VALUES.transpose(0, 1)) != idx_md5(VALUES)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_truncated_payload(file, pack):
    refused(file(pack(WHOLE[:-1])), "5 x 7 x 3 = 105 bytes", "only 104")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_overlong_payload(file, pack):
    refused(file(pack(WHOLE + b"\0")), "105 bytes", "more")


@pytest.mark.parametrize("kept", [2, 9, 20, -9, -1])
def test_truncated_gzip(file, kept):
    refused(file(gzip.compress(WHOLE)[:kept]), "gzip")


def test_bit_flip_in_gzip_is_found_by_its_checksum(file):
    packed = bytearray(gzip.compress(WHOLE, compresslevel=0))
    packed[-20] ^= 1  # in the stored payload: the stream still unpacks to the right length
    refused(file(bytes(packed)), "gzip", "CRC")


def test_every_single_bit_flip_of_a_gzip_changes_nothing_or_is_refused(file):
    packed = gzip.compress(WHOLE, mtime=0)
    harmless = 0
    for place in range(len(packed)):
        damaged = bytearray(packed)
        damaged[place] ^= 0x10
        try:
            assert torch.equal(read_idx(file(bytes(damaged))), VALUES), place
            harmless += 1
        except ValueError:
            continue
    assert harmless < 10  # only the free fields of a gzip header: time, system, speed


def test_garbage_after_gzip(file):
    refused(file(gzip.compress(WHOLE) + b"garbage"), "gzip")


@pytest.mark.parametrize("contents", [b"", b"\0\0\x08", b"<html>", b"\x08\x03\0\0" + WHOLE[4:]])
def test_wrong_magic(file, contents):
    refused(file(contents), f"[{contents[:4].hex(' ')}]", "IDX")


def test_other_kind_of_number(file):
    refused(file(b"\0\0\x0d" + WHOLE[3:]), "0x0d (float32)", "0x08")
    refused(file(b"\0\0\x07" + WHOLE[3:]), "0x07 (unknown)")


@pytest.mark.parametrize("axes", [0, 5, 255])
def test_absurd_number_of_axes(file, axes):
    refused(file(bytes([0, 0, 8, axes]) + bytes(4 * axes + 1)), f"{axes} axes", "1 to 4")


def test_ends_inside_header(file):
    refused(file(HEADER[:9]), "9 bytes of 16")


def test_size_of_zero(file):
    refused(file(idx_header((5, 0, 3))), "(5, 0, 3)")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_absurd_sizes_are_refused_without_allocating_them(file, pack):
    path = file(pack(idx_header((2**32 - 1, 2**32 - 1, 2**16)) + bytes(1000)))
    tracemalloc.start()
    refused(path, "only 1000")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * 2**20


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError, match="no-such-file"):
        read_idx(tmp_path / "no-such-file")


def test_a_packed_file_may_expand_as_far_as_others(file, monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.01")
    path = file(gzip.compress(idx_header((30, 1 << 20)) + bytes(30 << 20)))
    tracemalloc.start()
    try:
        refused_for_size(path)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_file_of_holes_counts_what_lies_on_the_disk(file):
    path = file(idx_header((2, 1 << 30)))
    with path.open("r+b") as raw:
        raw.truncate(12 + (2 << 30))
    if path.stat().st_blocks > 1 << 20:
        pytest.skip("the file system has no holes")
    refused_for_size(path)


def refused_for_size(path):
    with pytest.raises(ValueError, match="expand to .* GiB.*HARMONIUM_MAX_GIB"):
        read_idx(path)


def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="pipe: a pipe, and only regular files are read"):
        read_idx(tmp_path / "pipe")
