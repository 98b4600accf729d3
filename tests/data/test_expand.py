"""Packed files: read as they are, and stopped where they would fill the memory."""

import gzip
import os

import pytest

from harmonium.data.expand import check_expansion, opened, opened_text, packed_size

GIB = 2**30


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    monkeypatch.delenv("HARMONIUM_MAX_GIB", raising=False)


@pytest.mark.parametrize(
    ("packed", "unpacked", "good"),
    [
        (1, GIB, True),
        (1, GIB + 1, False),
        (GIB // 100 + 1, 2 * GIB, True),
        (GIB // 101, 2 * GIB + GIB // 2, False),
        (GIB, 8 * GIB, True),
        (GIB, 8 * GIB + 1, False),
    ],
)
def test_limits(packed, unpacked, good):
    if good:
        check_expansion("file", packed=packed, unpacked=unpacked)
    else:
        with pytest.raises(ValueError, match=r"^file: .* set HARMONIUM_MAX_GIB"):
            check_expansion("file", packed=packed, unpacked=unpacked)


def test_the_variable_replaces_both_limits(monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "20")
    check_expansion("file", packed=1, unpacked=20 * GIB)
    with pytest.raises(ValueError, match="the limit is 20 GiB: if"):
        check_expansion("file", packed=GIB, unpacked=21 * GIB)
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "lots")
    with pytest.raises(ValueError, match="HARMONIUM_MAX_GIB is 'lots'; a number of GiB"):
        check_expansion("file", packed=1, unpacked=1)


def test_plain_and_packed_files_read_alike(tmp_path):
    contents = bytes(range(256)) * 10000
    (tmp_path / "a").write_bytes(contents)
    (tmp_path / "a.gz").write_bytes(gzip.compress(contents))
    for name in ("a", "a.gz"):
        with opened(tmp_path / name) as stream:
            assert stream.read(3) == b"\0\1\2"
            assert stream.read() == contents[3:]


def test_a_bomb_stops_at_the_limit(tmp_path, monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.01")
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(bytes(20 << 20)))
    with opened(path) as stream:
        assert stream.read(9 << 20) == bytes(9 << 20)
        with pytest.raises(ValueError, match=r"bomb.csv.gz: .* expand to 0.01 GiB"):
            stream.read()


def test_a_large_bomb_is_refused_before_anything_is_parsed(tmp_path, monkeypatch):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", "0.01")
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(bytes(20 << 20)) + gzip.compress(os.urandom(2 << 20)))
    with pytest.raises(ValueError, match=r"bomb.csv.gz: .* expand to 0.01 GiB"), opened(path):
        pytest.fail("it was opened")


@pytest.mark.parametrize("damage", [lambda b: b[:-6], lambda b: b"no gzip", lambda b: b[:40]])
def test_damaged_gzip_is_named(tmp_path, damage):
    path = tmp_path / "a.gz"
    path.write_bytes(damage(gzip.compress(bytes(range(256)) * 100)))
    with pytest.raises(ValueError, match=r"a.gz: damaged gzip stream"), opened(path) as stream:
        stream.read()


def test_text_is_utf_8_with_or_without_mark(tmp_path):
    for mark in (b"", b"\xef\xbb\xbf"):
        (tmp_path / "a.txt").write_bytes(mark + "naïve".encode())
        with opened_text(tmp_path / "a.txt") as text:
            assert text.read() == "naïve"
    (tmp_path / "b.txt").write_bytes("naïve".encode("latin-1"))
    with pytest.raises(ValueError, match=r"b.txt: not text in UTF-8"):
        with opened_text(tmp_path / "b.txt") as text:
            text.read()


@pytest.mark.parametrize("value", ["nan", "-1"])
def test_a_limit_that_limits_nothing_is_refused(monkeypatch, value):
    monkeypatch.setenv("HARMONIUM_MAX_GIB", value)
    with pytest.raises(ValueError, match=f"HARMONIUM_MAX_GIB is '{value}'; a number of GiB of at"):
        check_expansion("a.gz", packed=1, unpacked=2)


def test_holes_are_no_bytes_of_a_file(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,2\n")
    assert packed_size(path) == 4
    os.truncate(path, 3 * GIB)
    if path.stat().st_blocks > 10_000:
        pytest.skip("the file system has no holes")
    assert packed_size(path) < 10_000
    with pytest.raises(ValueError, match="a.csv: 0.00 GiB would expand to 3.00 GiB"):
        with opened_text(path):
            pass


def test_what_never_ends_is_refused(tmp_path):
    os.mkfifo(tmp_path / "a.csv")
    (tmp_path / "b.csv").symlink_to("/dev/zero")
    for name, kind in {"a.csv": "a pipe", "b.csv": "a device"}.items():
        with pytest.raises(ValueError, match=f"{name}: {kind}"), opened_text(tmp_path / name):
            pass
