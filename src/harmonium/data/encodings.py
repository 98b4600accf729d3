"""Text files of any declared encoding, plain or packed."""

from __future__ import annotations

import codecs
import lzma
from pathlib import Path

from harmonium.data.expand import check_expansion, opened, packed_size
from harmonium.errors import DataError

__all__ = ["read_text"]

_PIECE = 1 << 20
_LIKELY = ("utf-8", "cp1252")
"""Encodings to try where the declared one fails; the first that reads the file is suggested."""


def read_text(path: Path, encoding: str = "utf-8") -> str:
    r"""Reads a text file; ends of lines become ``\n``, and a byte order mark is left out.

    Args:
        path: a plain, .gz or .xz file.
        encoding: one of Python's names of encodings.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: there is no such encoding, the file is damaged, or its bytes are not in the
            encoding: the message gives the place of the first byte that is not.
    """
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)  # refuses names of what is no encoding of text, such as base64
    except LookupError as error:
        raise DataError(
            f"encoding {encoding!r}: Python knows no encoding of text of this name; utf-8, "
            "latin-1 and cp1251 are some"
        ) from error
    content = _bytes(path)
    try:
        text = content.decode(name)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: byte {error.start} (from 0), {content[error.start]:#04x}, is not in the "
            f"encoding {encoding}: {_suggested(content, name)}"
        ) from error
    except UnicodeError as error:  # such as UTF-16 without byte order mark
        raise DataError(f"{path} is not in the encoding {encoding}: {error}") from error
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _bytes(path: Path) -> bytes:
    if path.suffix != ".xz":
        with opened(path) as stream:
            return stream.read()
    packed, pieces, size = packed_size(path), [], 0
    try:
        with lzma.open(path) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                check_expansion(str(path), packed=packed, unpacked=size)
                pieces.append(piece)
    except (lzma.LZMAError, EOFError) as error:
        raise DataError(f"{path}: damaged .xz file ({error}): bring it again") from error
    return b"".join(pieces)


def _suggested(content: bytes, tried: str) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "it begins like utf-16: set encoding to utf-16"
    for name in _LIKELY:
        if codecs.lookup(name).name == tried:
            continue
        try:
            content.decode(name)
        except UnicodeDecodeError:
            continue
        return f"set encoding to that of the file, which may be {name}"
    return "set encoding to that of the file"
