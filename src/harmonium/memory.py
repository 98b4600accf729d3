"""How much memory is free, asked before something large is made.

Linux grants more memory than there is and kills a process that uses it; a refusal in words has to
come first.
"""

import contextlib
import math
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from harmonium.errors import UsageError

__all__ = ["free", "in_words", "need"]


def need(size: float, what: str, *, remedy: str) -> None:
    """Raises ValueError, with both sizes and the remedy, if so much memory is not free.

    Args:
        size: bytes.
        what: what takes them, the subject of the message.
        remedy: what would take less.
    """
    there = free()
    if size > there:
        raise UsageError(
            f"{what} needs {in_words(size)} of memory, and {in_words(there)} is free: {remedy}"
        )


def in_words(count: float) -> str:
    """Bytes in the unit that leaves one to four digits before the point.

    >>> in_words(1536)
    '1.5 KiB'
    """
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.4g} {unit}"
        count /= 1024
    return f"{count:.4g} GiB"


def free() -> float:
    """Bytes that this process may still take: of the machine, its container and its limits.

    Infinite where the system does not say.
    """
    return max(0.0, min((*_machine(), *_container(), *_limit()), default=math.inf))


def _machine() -> Iterator[float]:
    """What can be had without swapping others out, and free swap; elsewhere all there is."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
        kibibytes = {words[0].rstrip(":"): int(words[1]) for words in lines}
        if "MemAvailable" in kibibytes:
            yield 1024.0 * (kibibytes["MemAvailable"] + kibibytes.get("SwapFree", 0))
            return
    with contextlib.suppress(OSError, ValueError, AttributeError):
        yield float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")


def _container() -> Iterator[float]:
    """Of each control group above the process: its limit, less what is taken (files aside)."""
    for folder, most, taken in _groups():
        with contextlib.suppress(OSError, ValueError):
            files = [
                int(line.split()[1])
                for line in (folder / "memory.stat").read_text().splitlines()
                if line.startswith("inactive_file ")
            ]
            now = int((folder / taken).read_text()) - sum(files)
            yield float(int((folder / most).read_text()) - now)  # "max" is no number: no limit


def _groups() -> Iterator[tuple[Path, str, str]]:
    """Folder of each group, and the files of its limit and of what is taken."""
    root = Path("/sys/fs/cgroup")
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, place = line.split(":", 2)
            names = "memory.max", "memory.current"
            home = root
            if "memory" in controllers.split(","):
                names, home = ("memory.limit_in_bytes", "memory.usage_in_bytes"), root / "memory"
            elif controllers:
                continue
            inner = home / place.lstrip("/")
            for folder in (inner, *inner.parents):
                if folder.is_relative_to(home):
                    yield folder, *names


def _limit() -> Iterator[float]:
    """The process's own limit of address space, less what it has."""
    if sys.platform == "win32":
        return
    import resource

    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    if most != resource.RLIM_INFINITY:
        with contextlib.suppress(OSError, ValueError):
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            most -= pages * resource.getpagesize()
        yield float(most)
