"""A file is whole or not there, also on a disk that is full or cannot be written."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from harmonium.files import expanded, write_whole


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


def test_a_name_that_is_not_utf8_is_written_as_an_escape(tmp_path):
    write_whole(tmp_path / "a", "caf\udce9")
    assert (tmp_path / "a").read_text() == r"caf\udce9"


def test_the_home_of_nobody_stays_as_it_is():
    assert expanded("~nobody-of-this-name/x") == Path("~nobody-of-this-name/x")
    assert expanded("~/x") == Path.home() / "x"
