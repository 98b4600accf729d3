"""Sizes are compared with what is free before anything is allocated."""

import resource
import subprocess
import sys

import pytest

from harmonium.memory import available, room


def test_what_fits_passes_and_what_does_not_is_refused_with_both_sizes(monkeypatch):
    room(10, "ten numbers")
    monkeypatch.setattr("harmonium.memory.available", lambda: 2 * 10**9)
    room(500_000_000, "some numbers")
    with pytest.raises(ValueError, match=r"more need 4 GB of memory, but 2 GB are free: make"):
        room(10**9, "more")
    with pytest.raises(ValueError, match="8 GB"):
        room(10**9, "more", size=8)


def test_numbers_beyond_any_machine_are_refused():
    with pytest.raises(ValueError, match="are free"):
        room(10**30, "too many")


def test_what_is_free_is_less_than_all_memory_and_than_a_limit():
    assert 2**20 < available() < 2**60
    limit = 4 * 2**30
    code = (
        "import resource as r; from harmonium.memory import available;"
        f"r.setrlimit(r.RLIMIT_AS, ({limit}, {limit})); print(available())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert 0 < int(done.stdout) < limit
    assert resource.getrlimit(resource.RLIMIT_AS)
