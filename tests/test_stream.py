"""Progress that nobody can read ends nothing."""

import errno
import io
import os
import subprocess
import sys

import pytest
import typer

from harmonium.progress import Progress
from harmonium.stream import Unfailing


class Failing(io.StringIO):
    """A terminal that was closed."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def write(self, text=""):
        raise OSError(self.number, os.strerror(self.number))

    flush = write
    isatty = write


@pytest.mark.parametrize("number", [errno.EIO, errno.EPIPE, errno.ENOSPC])
def test_what_fails_below_is_lost_and_nothing_else(number, monkeypatch):
    stream = Unfailing(Failing(number))
    assert stream.write("text") == 4
    stream.flush()
    assert not stream.isatty()
    monkeypatch.setattr(sys, "stderr", stream)
    typer.echo("a remark", err=True)
    place = {"trial": 0, "trials": 1, "stage": "train", "findings": 0}
    place |= {"epoch": 1, "epochs": 1, "update": 1, "updates": 1}
    Progress()(place)


def test_what_works_is_passed_on():
    below = io.StringIO()
    stream = Unfailing(below)
    print("text", file=stream, flush=True)
    assert below.getvalue() == "text\n"
    assert stream.encoding == below.encoding


def test_a_stream_that_is_closed_or_was_never_there():
    below = io.StringIO()
    below.close()
    for stream in (Unfailing(below), Unfailing(None)):
        assert stream.write("a") == 1
        stream.flush()
        assert not stream.isatty()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device")
def test_the_program_goes_on_without_a_standard_error():
    command = [sys.executable, "-m", "harmonium", "--traceback", "runs", "ls", "--in", "nowhere"]
    with open("/dev/full", "w") as full:
        done = subprocess.run(command, stderr=full, stdout=subprocess.PIPE, check=False)
    assert done.returncode == 0
