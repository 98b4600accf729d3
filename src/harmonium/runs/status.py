"""``status.json``, the progress of a run: written and read with checks."""

import os
import secrets
import socket
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from harmonium.errors import RunError
from harmonium.runs.directory import FORMAT, is_locked, read_json

__all__ = ["STATES", "at_work", "new_status", "read_status", "seconds"]

STATES = ("running", "done", "failed", "interrupted")

_TEXTS = ("started", "ended", "reason", "host", "resume", "run", "process")
_NUMBERS = ("created", "pid")


def read_status(place: Path) -> dict[str, Any]:
    """Reads a status file.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file has values that no run writes, or a later version wrote it.
    """
    status = read_json(place)
    written = status.get("format", FORMAT)
    if isinstance(written, int) and written > FORMAT:
        raise RunError(
            f"{place.parent}: written as format {str(written)[:9]}, but this version reads up to "
            f"{FORMAT}; upgrade harmonium"
        )
    for name in [*_odd(status)][:1]:
        value = repr(status.get(name))[:40]
        raise RunError(f"{place}: {name} is {value}, which no run writes; copy it again")
    return status


def seconds(status: Mapping[str, Any]) -> float | None:
    """Seconds from start to end, with pauses; None if not ended, or if the clocks disagree.

    >>> seconds({"started": "2026-01-01T10:00:00", "ended": "2026-01-01T10:01:30"})
    90.0
    """
    try:
        began, ended = (datetime.fromisoformat(str(status.get(n))) for n in ("started", "ended"))
        gap = (ended - began).total_seconds()
    except (OverflowError, TypeError, ValueError):  # TypeError: only one has a time zone
        return None
    return gap if gap >= 0 else None


def _odd(status: Mapping[str, Any]) -> list[str]:
    """Names of entries with values that no run writes."""
    names = [] if status.get("status") in STATES else ["status"]
    if not isinstance(status.get("format", FORMAT), int):
        names.append("format")
    names += [n for n in _TEXTS if not isinstance(status.get(n), str | None)]
    names += [n for n in _NUMBERS if not isinstance(status.get(n), int | float | None)]
    return names + [n for n in ("started", "ended") if n not in names and not _time(status.get(n))]


def _time(text: str | None) -> bool:
    """Whether a text is a time with time zone, or None."""
    try:
        return text is None or datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def new_status(old: Mapping[str, Any], status: str, *, reason: str | None) -> dict[str, Any]:
    """New content of the status file; name and start of the run are kept from the old content."""
    now = time.strftime("%Y-%m-%dT%H:%M:%S%z")
    return {
        "status": status,
        "format": FORMAT,
        "run": old.get("run") if old else secrets.token_hex(8),
        "created": old.get("created") if old else time.time(),
        "started": old.get("started") or now,
        "ended": None if status == "running" else now,
        "reason": reason,
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "process": _process(),
    }


def at_work(path: Path, status: Mapping[str, Any]) -> bool:
    """Whether the process that wrote "running" is still alive.

    The lock gives the answer, for processes of any container or host. Without locks, a process of
    this host is looked up by its number, and one of another host counts as alive.
    """
    if status.get("process") == _process():
        return True  # this process made the run, and may not have locked it yet
    held = is_locked(path)
    if held is None:
        return status.get("host") != socket.gethostname() or _alive(status.get("pid"))
    return held


_TOKEN = secrets.token_hex(8)


def _process() -> str:
    """Identifies this process; its number alone may be reused, as in another container."""
    return f"{os.getpid()}-{_TOKEN}"


def _alive(pid: int | None) -> bool:
    if os.name != "posix" or not pid:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
