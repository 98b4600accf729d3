"""A file gets to its place whole, or not at all, and only files that end are read.

A seal shows later whether a bit has changed.
"""

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
    """The path, where a regular file or a link to one lies there: what can be opened and ends.

    Pipes wait for a writer, devices never end, and most readers go to and fro in a file; so
    all of them ask here before they open one.

    Raises:
        FileNotFoundError: nothing lies there, or a link to nothing.
        ValueError: something else lies there, or links in a circle; it says what.
        OSError: the system cannot tell, as without the right to look.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        target = f", the link leads to {path.readlink()}" if path.is_symlink() else ""
        raise FileNotFoundError(f"{path}: no such file{target}") from None
    except ValueError as error:  # a character that no path has
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
    """The path with its "~" replaced, where the system knows whose home that is."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def write_whole(path: Path, content: bytes | bytearray | str) -> Path:
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


def sealed(content: bytes) -> bytearray:
    """The bytes of a safetensors file, with their SHA-256 as the header's "checksum".

    It is taken over the whole file while its own place holds zeros, so it covers every bit.
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
    """That a sealed file is as it was written; one without a checksum passes.

    Raises:
        ValueError: it is not.
    """
    start = 8 + len(_START)
    with path.open("rb") as file:
        head = file.read(start)
        if head[8:] != _START:
            return
        found = file.read(64)
        digest = hashlib.sha256(head + 64 * b"0")
        while piece := file.read(_PIECE):
            digest.update(piece)
    if digest.hexdigest().encode() != found:
        raise DataError(f"{path}: damaged: its content does not fit its checksum; copy it again")


def plain(name: str) -> str:
    r"""A name that can be written anywhere: bytes of a file's name that are no text as escapes.

    >>> plain("caf\udce9.png"), plain("café.png")
    ('caf\\udce9.png', 'café.png')
    """
    return name.encode("utf-8", "backslashreplace").decode()


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
