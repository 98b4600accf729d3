"""Tiny Shakespeare: a million characters of his plays."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from harmonium.bounds import Count
from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN, KnownSet
from harmonium.data.characters import stream_set
from harmonium.data.dataset import DataSet
from harmonium.data.encodings import read_text
from harmonium.errors import DataError

__all__ = ["shakespeare", "tiny_shakespeare"]

_SHARE = 0.9
"""Part of the text to train on, from its beginning."""


def tiny_shakespeare(directory: Path | None = None, *, length: Count = 64) -> DataSet:
    """Tiny Shakespeare, 1 115 394 characters of plays, 65 different ones: the last tenth to test.

    The first 1 003 854 characters are for training, the last 111 540 for the test (the split of
    https://github.com/karpathy/nanoGPT).

    Args:
        directory: Folder of the file; null to look in the usual places.
        length: Characters of a row, through which gradients flow back.

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
        ValueError: the file is damaged or altered.
    """
    return stream_set("tiny_shakespeare", shakespeare(directory), length=length)


def shakespeare(directory: Path | None = None) -> dict[str, str]:
    """The texts for training and test, "train" and "test".

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
        ValueError: the file is damaged or altered.
    """
    known = KNOWN["tiny_shakespeare"]
    folder = known.folder or "tiny_shakespeare"
    (file,) = known.files
    path = _found(file, known.subsets, where=places(folder, directory), known=known)
    text = read_text(path)
    digest = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    if digest != known.files[file]:
        raise DataError(
            f"{path}: the MD5 of its text is {digest}, and that of {known.title} is "
            f"{known.files[file]}: bring it again from {known.where}"
        )
    cut = int(_SHARE * len(text))
    return {"train": text[:cut], "test": text[cut:]}


def _found(file: str, others: Sequence[str], *, where: Sequence[Path], known: KnownSet) -> Path:
    """The packed file, or one that was unpacked."""
    for name in others:
        try:
            return find((name,), where, title=known.title, origin=known.where)[0]
        except FileNotFoundError:
            continue
    return find((file,), where, title=known.title, origin=known.where)[0]
