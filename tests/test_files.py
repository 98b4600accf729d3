"""A file is whole or not there, also on a disk that is full or cannot be written."""

import errno
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import safetensors.torch
import torch

from harmonium.files import check_seal, expanded, plain, regular, sealed, write_whole


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_failed_write_leaves_what_was_there(call, tmp_path, monkeypatch):
    place = write_whole(tmp_path / "status.json", "old")

    def full(*args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match=r"No space left.*make room.*status\.json") as failure:
        write_whole(place, "new")
    assert failure.value.errno == errno.ENOSPC
    assert place.read_text() == "old"
    assert list(tmp_path.iterdir()) == [place]


def test_a_disk_that_is_really_full(tmp_path):
    """On a file system of 64 KiB, where the tests may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if (
        sys.platform != "linux"
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("no right to mount a file system")
    try:
        place = write_whole(disk / "last", b"a" * 30_000)
        with pytest.raises(OSError, match="No space left"):
            write_whole(place, b"b" * 60_000)
        assert place.read_bytes() == b"a" * 30_000
        assert list(disk.iterdir()) == [place]
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        with pytest.raises(OSError, match="Read-only file system; .*writable"):
            write_whole(place, b"c")
        assert place.read_bytes() == b"a" * 30_000
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_seal_covers_every_bit_and_changes_no_value(tmp_path):
    x = {"a": torch.rand(5, 3), "b": torch.zeros(0)}
    raw = safetensors.torch.save(x, {"z": "1", "about": 'a "quoted" ü'})
    whole = bytes(sealed(raw))
    place = write_whole(tmp_path / "model", whole)
    check_seal(place)
    back = safetensors.torch.load(whole)
    assert all(torch.equal(back[name], x[name]) for name in x)
    assert bytes(sealed(raw)) == whole, "the same content has the same bytes"
    for at in (3, 60, 130, len(whole) - 1):
        changed = bytearray(whole)
        changed[at] ^= 4
        place.write_bytes(changed)
        with pytest.raises(ValueError, match="model: damaged: its content does not fit its check"):
            check_seal(place)
    place.write_bytes(whole + b" ")
    with pytest.raises(ValueError, match="damaged"):
        check_seal(place)
    place.write_bytes(raw)
    check_seal(place)


def test_a_name_that_is_not_utf8_is_written_as_an_escape(tmp_path):
    write_whole(tmp_path / "a", "caf\udce9")
    assert (tmp_path / "a").read_text() == r"caf\udce9"


def test_the_home_of_nobody_stays_as_it_is():
    assert expanded("~nobody-of-this-name/x") == Path("~nobody-of-this-name/x")
    assert expanded("~/x") == Path.home() / "x"


def test_only_regular_files_are_for_reading(tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    assert regular(tmp_path / "link") == tmp_path / "link"
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(tmp_path / "socket"))
    for name, kind in {"pipe": "a pipe", "socket": "a socket", "": "a folder"}.items():
        with pytest.raises(ValueError, match=f"{kind}, and only regular files are read"):
            regular(tmp_path / name)
    with pytest.raises(ValueError, match="/dev/zero: a device, .* write it to a file first"):
        regular(Path("/dev/zero"))
    with pytest.raises(ValueError, match="is no path .*: name a file"):
        regular(Path("a\0b"))


def test_links_to_nothing_say_where_they_lead(tmp_path):
    (tmp_path / "link").symlink_to("gone")
    with pytest.raises(FileNotFoundError, match="link: no such file, the link leads to gone"):
        regular(tmp_path / "link")
    (tmp_path / "circle").symlink_to("circle")
    with pytest.raises(ValueError, match="circle: .*symbolic links"):
        regular(tmp_path / "circle")


def test_names_are_spelled_in_plain_text():
    assert plain(os.fsdecode(b"caf\xe9 \xc3\xa9")) == "caf\\udce9 é"
