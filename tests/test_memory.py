"""Free memory, and refusals that name sizes."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from harmonium import memory
from harmonium.memory import free, in_words, need


def test_what_fits_is_no_matter(monkeypatch):
    monkeypatch.setattr(memory, "free", lambda: 1000.0)
    need(1000, "a table", remedy="take fewer rows")


def test_what_does_not_fit_is_refused_with_both_sizes(monkeypatch):
    monkeypatch.setattr(memory, "free", lambda: 3 * 2.0**30)
    with pytest.raises(ValueError, match="a table needs 5 GiB of memory, and 3 GiB is free: take"):
        need(5 * 2**30, "a table", remedy="take fewer rows")


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 bytes"), (1023, "1023 bytes"), (2**20, "1 MiB"), (2.0**41, "2048 GiB")],
)
def test_sizes_in_words(count, words):
    assert in_words(count) == words


def test_there_is_some_and_not_more_than_the_machine_has():
    assert free() > 2**20
    if Path("/proc/meminfo").exists():
        total = int(Path("/proc/meminfo").read_text().split()[1]) * 1024
        assert free() <= 2 * total + 2**40


def test_where_the_system_says_nothing_nothing_is_refused(monkeypatch):
    for source in ("_machine", "_container", "_limit"):
        monkeypatch.setattr(memory, source, lambda: iter(()))
    assert free() == math.inf
    need(1e30, "a table", remedy="")


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space are kept by Linux")
def test_a_limit_of_the_process_counts():
    code = (
        "import resource\n"
        "from harmonium.memory import free\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n"
        "assert 0 < free() < 2**30, free()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_container_counts_less_what_it_holds(tmp_path, monkeypatch):
    for name, text in {
        "memory.max": "5000000",
        "memory.current": "3000000",
        "memory.stat": "anon 5\ninactive_file 1000000\n",
    }.items():
        (tmp_path / name).write_text(text + "\n")
    monkeypatch.setattr(
        memory, "_groups", lambda: iter([(tmp_path, "memory.max", "memory.current")])
    )
    assert list(memory._container()) == [3000000.0]
    (tmp_path / "memory.max").write_text("max\n")
    assert list(memory._container()) == []
