"""Safe reading and writing of files: atomic writes, checksums, regular files only."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
import uuid
from contextlib import suppress
from pathlib import Path

from harmonium.errors import DataError

__all__ = [
    "check_seal",
    "expanded",
    "explained",
    "plain",
    "regular",
    "sealed",
    "write_whole",
]

_BLANK = "sha256:" + 64 * "0"
_PIECE = 2**20
_START = b'{"__metadata__":{"checksum":"sha256:'

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def regular(path: Path) -> Path:
    """Returns the path if it is a regular file or a link to one, and raises otherwise.

    Every reader calls this before it opens a file, because pipes block, devices never end, and
    most formats need random access.

    Raises:
        FileNotFoundError: there is no such file, or a broken link.
        ValueError: it is a folder, pipe or device, or links form a cycle; the message says which.
        OSError: the system does not permit the check.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        target = f", the link leads to {path.readlink()}" if path.is_symlink() else ""
        raise FileNotFoundError(f"{path}: no such file{target}") from None
    except ValueError as error:  # a character that paths cannot contain
        raise DataError(f"{str(path)!r} is no path ({error}): name a file") from None
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.ENAMETOOLONG):
            raise
        raise DataError(f"{path}: {error.strerror or error}: name a file") from None
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "no regular file")
        remedy = "name a file in it" if stat.S_ISDIR(mode) else "write it to a file first"
        raise DataError(f"{path}: {kind}, and only regular files are read: {remedy}")
    return path


def expanded(path: str | os.PathLike[str]) -> Path:
    """The path with "~" replaced by the home folder, if the system knows it."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def write_whole(path: Path, content: bytes | bytearray | str) -> Path:
    """Writes a file atomically: under another name first, renamed when it is complete.

    Lone surrogates in text, as from file names that are not UTF-8, are written as escapes.

    Raises:
        OSError: with the path; an older file there is intact.
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


def sealed(content: bytes) -> bytearray:
    """The bytes of a safetensors file with their SHA-256 added to the header as "checksum".

    The checksum covers the whole file, with zeros in place of the checksum itself.
    """
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    notes = header.pop("__metadata__", {})
    header = {"__metadata__": {"checksum": _BLANK, **dict(sorted(notes.items()))}, **header}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    whole = bytearray(len(text).to_bytes(8, "little") + text)
    whole += memoryview(content)[8 + size :]
    digest = hashlib.sha256(whole).hexdigest().encode()
    start = 8 + len(_START)
    whole[start : start + 64] = digest
    return whole


def check_seal(path: Path) -> None:
    """Checks the checksum that ``sealed`` wrote; a file without one passes.

    Raises:
        ValueError: the file has changed since it was written.
    """
    start = 8 + len(_START)
    with path.open("rb") as file:
        head = file.read(start)
        if head[8:] != _START:
            return
        expected = file.read(64)
        digest = hashlib.sha256(head + 64 * b"0")
        while piece := file.read(_PIECE):
            digest.update(piece)
    if digest.hexdigest().encode() != expected:
        raise DataError(f"{path}: damaged: its content does not fit its checksum; copy it again")


def plain(name: str) -> str:
    r"""A file name that can be encoded: bytes that are not UTF-8 become escapes.

    >>> plain("caf\udce9.png"), plain("café.png")
    ('caf\\udce9.png', 'café.png')
    """
    return name.encode("utf-8", "backslashreplace").decode()


def explained(error: BaseException, path: Path) -> BaseException:
    """An ``OSError`` with path and remedy added; any other error unchanged."""
    if not isinstance(error, OSError):
        return error
    return type(error)(
        error.errno,
        f"{error.strerror or error}; files written before are complete: make room, or make the "
        "folder writable, and continue",
        str(path),
    )


def _sync_directory(path: Path) -> None:
    """Flushes the folder, so that the renaming survives a power cut, if the system allows it."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
