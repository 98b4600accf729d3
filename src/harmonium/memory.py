"""Checks of free memory before a large allocation.

Linux grants more memory than it has and later kills the process that uses it, without a message. A
check beforehand can raise an error that names the sizes and the remedy.
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
    """Raises ValueError, with both sizes and the remedy, if not enough memory is free.

    Args:
        size: bytes needed.
        what: what needs them, the subject of the message.
        remedy: what the user can do, the end of the message.
    """
    there = free()
    if size > there:
        raise UsageError(
            f"{what} needs {in_words(size)} of memory, and {in_words(there)} is free: {remedy}"
        )


def in_words(count: float) -> str:
    """A number of bytes in a readable unit, up to GiB.

    >>> in_words(1536)
    '1.5 KiB'
    """
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return f"{count:.4g} {unit}"
        count /= 1024
    return f"{count:.4g} GiB"


def free() -> float:
    """Bytes that this process can still allocate, within machine, container and process limits.

    Infinite if the system does not report them.
    """
    return max(0.0, min((*_machine(), *_container(), *_limit()), default=math.inf))


def _machine() -> Iterator[float]:
    """Available memory plus free swap; on other systems than Linux, all physical memory."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        lines = (line.split() for line in Path("/proc/meminfo").read_text().splitlines())
        kibibytes = {words[0].rstrip(":"): int(words[1]) for words in lines}
        if "MemAvailable" in kibibytes:
            yield 1024.0 * (kibibytes["MemAvailable"] + kibibytes.get("SwapFree", 0))
            return
    with contextlib.suppress(OSError, ValueError, AttributeError):
        yield float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")


def _container() -> Iterator[float]:
    """The limit of each enclosing control group less its use; file cache is not counted as use."""
    for folder, most, taken in _groups():
        with contextlib.suppress(OSError, ValueError):
            files = [
                int(line.split()[1])
                for line in (folder / "memory.stat").read_text().splitlines()
                if line.startswith("inactive_file ")
            ]
            now = int((folder / taken).read_text()) - sum(files)
            yield float(int((folder / most).read_text()) - now)  # "max", no limit, is suppressed


def _groups() -> Iterator[tuple[Path, str, str]]:
    """Folder of each control group, with the names of its files of limit and use."""
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
    """The process's limit of address space less what it uses."""
    if sys.platform == "win32":
        return
    import resource

    most = resource.getrlimit(resource.RLIMIT_AS)[0]
    if most != resource.RLIM_INFINITY:
        with contextlib.suppress(OSError, ValueError):
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            most -= pages * resource.getpagesize()
        yield float(most)
