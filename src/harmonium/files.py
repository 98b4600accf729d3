"""A file gets to its place whole, or not at all; a seal shows later whether a bit has changed."""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from contextlib import suppress
from pathlib import Path

__all__ = ["check_seal", "expanded", "explained", "sealed", "write_whole"]

_BLANK = "sha256:" + 64 * "0"
_PIECE = 2**20
_START = b'{"__metadata__":{"checksum":"sha256:'


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
        raise ValueError(f"{path}: damaged: its content does not fit its checksum; copy it again")


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
