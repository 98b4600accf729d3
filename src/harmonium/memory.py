"""Sizes that cannot fit into memory, refused in words before anything is allocated."""

import contextlib
import os
from pathlib import Path

__all__ = ["available", "room"]

_SMALL = 2**28
"""Bytes that are not worth a look at what is free."""


def room(numbers: int, what: str, *, size: int = 4) -> None:
    """Does nothing where so many numbers fit into free memory.

    Args:
        numbers: how many.
        what: what they are, for the message: "the weights of 784 x 500 units".
        size: bytes of each.

    Raises:
        ValueError: they do not fit.

    >>> room(10**18, "the biases of 10**18 units")
    Traceback (most recent call last):
    ValueError: the biases of 10**18 units need 4e+09 GB of memory, ... make it smaller
    """
    wanted = numbers * size
    if wanted <= _SMALL or wanted <= (free := available()):
        return
    raise ValueError(
        f"{what} need {_gigabytes(wanted)} of memory, but {_gigabytes(free)} are free: "
        "make it smaller"
    )


def available() -> int:
    """Bytes that this process can still take: what is free, within the limits set for it."""
    found = [2**62]
    with contextlib.suppress(OSError, ValueError, AttributeError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                found.append(int(line.split()[1]) * 1024)
    with contextlib.suppress(OSError, ValueError):  # a container's limit; "max" is none
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
        used = int(Path("/sys/fs/cgroup/memory.current").read_text(encoding="ascii"))
        found.append(max(0, limit - used))
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
            found.append(max(0, limit - used * os.sysconf("SC_PAGE_SIZE")))
    return min(found)


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.3g} GB"
