"""Corel5k: photographs as visual words, with their keywords."""

from __future__ import annotations

import hashlib
import lzma
from pathlib import Path
from typing import Any

from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN, check_sum
from harmonium.data.arff import sparse_arff
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.expand import opened
from harmonium.data.kinds import Joined, Numbers, Picture
from harmonium.errors import DataError

__all__ = ["corel5k"]

_VISUAL = 499
"""Number of visual words; they are the first attributes of the files."""

_MOST = 1 << 24
"""Bytes that one of the files may have."""


def corel5k(directory: Path | None = None) -> DataSet:
    """Corel5k, photographs with keywords, side by side in a row: 4500 train, 500 test.

    A row is a "picture", 499 visual words, and its "words", 374 keywords; all are 0 or 1. A visual
    word is a cluster of regions of pictures by colour, texture, shape and place (Duygulu, Barnard,
    de Freitas and Forsyth, 2002, https://doi.org/10.1007/3-540-47979-1_7).

    Args:
        directory: Folder of the two files; null to look in the usual places.

    Raises:
        FileNotFoundError: files are missing; the message gives their source and place.
        ValueError: a file is damaged or altered.
    """
    splits: dict[str, Any] = {}
    names: tuple[str, ...] = ()
    for file, path in _paths(directory).items():
        content = _content(path)
        digest = hashlib.sha256(content).hexdigest()
        check_sum(path, digest, file=file, known=KNOWN["corel5k"])
        names, x = sparse_arff(content.decode(), where=str(path))
        splits["test" if "test" in file else "train"] = Split(x)
    parts: dict[str, Numbers | Picture] = {
        "picture": Numbers((_VISUAL,), names[:_VISUAL]),
        "words": Numbers((len(names) - _VISUAL,), names[_VISUAL:]),
    }
    return DataSet("corel5k", **splits, columns={"x": Joined(parts)})


def _paths(directory: Path | None) -> dict[str, Path]:
    """Name of each file in the catalogue -> its path, plain or packed."""
    known = KNOWN["corel5k"]
    looked = places(known.folder or "corel5k", directory)
    plain = tuple(file.removesuffix(".xz") for file in known.files)
    try:
        found = find(plain, looked, title=known.title, origin=known.where)
    except FileNotFoundError:
        found = find(tuple(known.files), looked, title=known.title, origin=known.where)
    return dict(zip(known.files, found, strict=True))


def _content(path: Path) -> bytes:
    try:
        with lzma.open(path) if path.suffix == ".xz" else opened(path) as stream:
            return stream.read(_MOST)
    except (lzma.LZMAError, EOFError) as error:
        raise DataError(f"{path}: not a whole file ({error}): bring it again") from error
