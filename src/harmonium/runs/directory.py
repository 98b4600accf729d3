"""The directory of a run: where everything lies in it.

    recipe.yaml recipe.resolved.yaml command.txt environment.json  what was asked, and where
    status.json lock log.txt metrics.jsonl results.json            how it goes, what came out
    checkpoints/{last,step-000100,best-0-fine_tune}.safetensors    to go on from, to the bit
    models/0-{machine,net,transforms}.safetensors                  by trial
    records/0-pretrain.1-0005.safetensors                          small tensors, for pictures
    figures/ report.html                                           made from the rest

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
except ImportError:  # a system without it: two processes on one run are not told apart
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
"""Version of the directory's layout; a run of a later one is refused."""


LARGEST = 64 * 2**20
"""Bytes of a JSON file of a run; results of thousands of trials are smaller."""

_FOLDERS = ("checkpoints", "models", "records", "figures")
_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")
_FIRST = {
    *("recipe.yaml", "recipe.resolved.yaml", "command.txt", "environment.json"),
    *("log.txt", "lock"),
}


class Locked(HarmoniumError, RuntimeError):
    """Another process works on this run."""


def new_directory(parent: str | os.PathLike[str], name: str) -> Path:
    """Makes ``parent/name/YYYYmmdd-HHMMSS-xxxx``, which did not exist before.

    Raises:
        ValueError: the name is not one of a folder.
        OSError: the place cannot be written.
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
    """Removes the parts of files that a kill left beside their places in a run."""
    for folder in (path, path / "checkpoints", path / "models", path / "records"):
        for part in folder.glob(".*"):
            if _PART.fullmatch(part.name):
                part.unlink()


_PART = re.compile(r"\..+\.[0-9a-f]{32}")


def write_json(path: Path, content: Any) -> Path:  # noqa: ANN401
    """Writes JSON, whole."""
    return write_whole(path, json.dumps(content, indent=2) + "\n")


def regular(path: Path) -> bool:
    """Whether a file is there.

    Raises:
        ValueError: what is there is no file: a folder, a pipe, a device, a link to nothing.
    """
    if path.is_file():
        return True
    if os.path.lexists(path):
        what = "a folder" if path.is_dir() else "a broken link, a pipe or a device"
        raise RunError(f"{path}: {what}, not a file; bring back the file from a copy")
    return False


def read_json(path: Path) -> dict[str, Any]:
    """Reads one of a run's files, which are mappings.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged, no mapping, or absurdly large.
    """
    regular(path)
    if path.stat().st_size > LARGEST:
        raise RunError(f"{path}: larger than {LARGEST >> 20} MiB; bring it back from a copy")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path}: not JSON ({error}); copy it again") from error
    if not isinstance(found, dict):
        raise RunError(f"{path}: a {type(found).__name__}, not a mapping; copy it again")
    return found


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a run for this process; the system lets go of it when the process ends, however.

    Raises:
        Locked: another process holds it; the message names process and host.
    """
    with (path / "lock").open("a+", encoding="utf-8", errors="replace") as file:
        tries = 10  # whoever asks how the run goes holds it for a moment
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
    """Whether a process holds the run now; None: this system or file system cannot tell.

    The system lets go of a lock when its process ends. So the answer holds for a process of
    another container or host as well, whatever its number and the name of the host.
    """
    lock = path / "lock"
    if not lock.is_file():
        return False
    with lock.open("rb") as file:
        free = _free(file.fileno(), alone=False)
    return None if free is None else not free


def _free(handle: int, *, alone: bool) -> bool | None:
    """Takes the lock, alone or together with others who ask; None: there are no locks here."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True
