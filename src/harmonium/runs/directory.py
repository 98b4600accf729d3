"""The directory of a run, and where its files are.

    recipe.yaml recipe.resolved.yaml command.txt environment.json  the task and its environment
    status.json lock log.txt metrics.jsonl results.json            progress and results
    checkpoints/{last,step-000100,best-0-fine_tune}.safetensors    to resume, bit for bit
    models/0-{machine,net,transforms}.safetensors                  by trial
    records/0-pretrain.1-0005.safetensors                          small tensors, for pictures
    figures/ report.html                                           made from the other files

Reading it needs neither torch nor numpy.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from harmonium.errors import HarmoniumError, RunError
from harmonium.files import write_whole

try:
    import fcntl
except ImportError:  # a system without file locks: two processes may work on one run
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "FORMAT",
    "Locked",
    "is_locked",
    "is_unbegun",
    "locked",
    "new_directory",
    "read_json",
    "regular",
    "sweep_up",
    "write_json",
]

FORMAT = 1
"""Version of the directory's layout; runs of later versions are refused."""


LARGEST = 64 * 2**20
"""Maximum size in bytes of a JSON file of a run; results of thousands of trials are smaller."""

_FOLDERS = ("checkpoints", "models", "records", "figures")
_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
_FIRST = {
    *("recipe.yaml", "recipe.resolved.yaml", "command.txt", "environment.json"),
    *("log.txt", "lock"),
}


class Locked(HarmoniumError, RuntimeError):
    """Another process is working on this run."""


def new_directory(parent: str | os.PathLike[str], name: str) -> Path:
    """Makes a new directory ``parent/name/YYYYmmdd-HHMMSS-xxxx``.

    Raises:
        ValueError: the name is not valid as the name of a folder.
        OSError: the directory cannot be made.
    """
    if name in ("", ".", "..") or name != Path(name).name:
        raise RunError(f"run name {name!r} is not that of one folder: leave out the slashes")
    home = Path(parent) / name
    try:
        home.mkdir(parents=True, exist_ok=True)
        while True:
            path = home / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
            with suppress(FileExistsError):
                path.mkdir()
                break
        for folder in _FOLDERS:
            (path / folder).mkdir()
    except OSError as error:
        raise type(error)(
            error.errno,
            f"cannot make a run directory ({error.strerror}); name a place that can "
            "be written with --output",
            str(home),
        ) from error
    return path


def is_unbegun(path: Path) -> bool:
    """Whether a process made this directory for a run, and ended before it wrote a status."""
    if not _NAME.fullmatch(path.name) or path.is_symlink() or not path.is_dir():
        return False
    known = {*_FOLDERS, *_FIRST}
    return all(p.name in known or _PART.fullmatch(p.name) for p in path.iterdir()) and not any(
        next((path / folder).glob("*"), None) for folder in _FOLDERS
    )


def sweep_up(path: Path) -> None:
    """Removes temporary files that a killed process left in a run."""
    for folder in (path, path / "checkpoints", path / "models", path / "records"):
        for part in folder.glob(".*"):
            if _PART.fullmatch(part.name):
                part.unlink()


_PART = re.compile(r"\..+\.[0-9a-f]{32}")


def write_json(path: Path, content: Any) -> Path:  # noqa: ANN401
    """Writes a JSON file in one step."""
    return write_whole(path, json.dumps(content, indent=2) + "\n")


def regular(path: Path) -> bool:
    """Whether a regular file is at this path.

    Raises:
        ValueError: the path is a folder, a pipe, a device or a broken link.
    """
    if path.is_file():
        return True
    if os.path.lexists(path):
        what = "a folder" if path.is_dir() else "a broken link, a pipe or a device"
        raise RunError(f"{path}: {what}, not a file; bring back the file from a copy")
    return False


def read_json(path: Path) -> dict[str, Any]:
    """Reads one of a run's JSON files, which are mappings.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, not a mapping, or above ``LARGEST``.
    """
    regular(path)
    if path.stat().st_size > LARGEST:
        raise RunError(f"{path}: larger than {LARGEST >> 20} MiB; bring it back from a copy")
    try:
        mapping = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path}: not JSON ({error}); copy it again") from error
    if not isinstance(mapping, dict):
        raise RunError(f"{path}: a {type(mapping).__name__}, not a mapping; copy it again")
    return mapping


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Locks a run for this process; the system releases the lock when the process ends.

    Raises:
        Locked: another process holds the lock; the message names process and host.
    """
    with (path / "lock").open("a+", encoding="utf-8", errors="replace") as file:
        tries = 10  # a process that queries the lock holds it for a moment
        while _free(file.fileno(), alone=True) is False and (tries := tries - 1):
            time.sleep(0.05)
        if not tries:
            file.seek(0)
            holder = "".join(c for c in file.read(200) if c.isprintable())
            raise Locked(
                f"{path}: {holder or 'another process'} works on this run; wait until it ends, or "
                "stop it there, and resume then"
            )
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield


def is_locked(path: Path) -> bool | None:
    """Whether a process holds the lock of a run; None if the system has no locks to ask.

    The system releases a lock when its process ends. So the answer is right even for a process of
    another container or host, where a process number would not be.
    """
    lock = path / "lock"
    if not lock.is_file():
        return False
    with lock.open("rb") as file:
        free = _free(file.fileno(), alone=False)
    return None if free is None else not free


def _free(handle: int, *, alone: bool) -> bool | None:
    """Takes the lock, exclusively or shared with other queries; None if there are no locks."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
