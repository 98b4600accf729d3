"""A file gets to its place whole, or not at all."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path

__all__ = ["expanded", "explained", "write_whole"]


def expanded(path: str | os.PathLike[str]) -> Path:
    """The path with its "~" replaced, where the system knows whose home that is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def write_whole(path: Path, content: bytes | str) -> Path:
    """Writes a file beside its place and moves it there: the place holds all of it or the old one.

    Half of a surrogate pair, as in a file name that is not UTF-8, is written as an escape.

    Raises:
        OSError: with the path; nothing is left half-written.
    """
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException as error:
        with suppress(OSError):
            part.unlink()
        raise explained(error, path) from error
    _sync_directory(path.parent)
    return path


def explained(error: BaseException, path: Path) -> BaseException:
    """An error of the disk with the place and the remedy; any other error as it is."""
    if not isinstance(error, OSError):
        return error
    return type(error)(
        error.errno,
        f"{error.strerror or error}; what was written before is whole: make room, or make the "
        "place writable, and go on",
        str(path),
    )


def _sync_directory(path: Path) -> None:
    """The move itself survives a power cut, where the system can promise that."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
