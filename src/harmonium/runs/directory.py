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

from harmonium.files import write_whole

try:
    import fcntl
except ImportError:  # a system without it: two processes on one run are not told apart
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "FORMAT",
    "Locked",
    "is_locked",
    "locked",
    "new_directory",
    "read_json",
    "sweep_up",
    "write_json",
]

FORMAT = 1
"""Version of the directory's layout; a run of a later one is refused."""


class Locked(RuntimeError):
    """Another process works on this run."""


def new_directory(parent: str | os.PathLike[str], name: str) -> Path:
    """Makes ``parent/name/YYYYmmdd-HHMMSS-xxxx``, which did not exist before.

    Raises:
        ValueError: the name is not one of a folder.
        OSError: the place cannot be written.
    """
    if name in ("", ".", "..") or name != Path(name).name:
        raise ValueError(f"run name {name!r} is not that of one folder: leave out the slashes")
    home = Path(parent) / name
    try:
        home.mkdir(parents=True, exist_ok=True)
        while True:
            path = home / f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
            with suppress(FileExistsError):
                path.mkdir()
                break
        for folder in ("checkpoints", "models", "records", "figures"):
            (path / folder).mkdir()
    except OSError as error:
        raise type(error)(
            error.errno,
            f"cannot make a run directory ({error.strerror}); name a place that can "
            "be written with --output",
            str(home),
        ) from error
    return path


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


def read_json(path: Path) -> Any:  # noqa: ANN401
    """Reads JSON.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the file is damaged.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error}); copy it again") from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a run for this process; the system lets go of it when the process ends, however.

    Raises:
        Locked: another process holds it; the message names process and host.
    """
    with (path / "lock").open("a+", encoding="utf-8") as file:
        tries = 5  # whoever asks how the run goes holds it for a moment
        while not _free(file.fileno()) and (tries := tries - 1):
            time.sleep(0.05)
        if not tries:
            file.seek(0)
            raise Locked(f"{path}: {file.read().strip() or 'another process'} works on this run")
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}")
        file.flush()
        yield


def is_locked(path: Path) -> bool:
    """Whether a process holds the run now."""
    lock = path / "lock"
    if not lock.is_file():
        return False
    with lock.open("a", encoding="utf-8") as file:
        return not _free(file.fileno())


def _free(handle: int) -> bool:
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
