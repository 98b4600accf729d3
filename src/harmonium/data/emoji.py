"""Emoji: small colour pictures with their keywords."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch

from harmonium.bounds import Seed, Share
from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN, check_sum
from harmonium.data.archive import opened_archive
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.kinds import Joined, Numbers, Picture
from harmonium.data.split import with_test
from harmonium.errors import DataError

__all__ = ["emoji"]

_SIZES = (8, 16, 32)


def emoji(
    directory: Path | None = None, *, size: int = 32, test: Share = 0.2, seed: Seed = 0
) -> DataSet:
    """Emoji, 1906 colour pictures with 629 keywords, side by side in a row.

    A row is a "picture", 3 x size x size values in [0, 1], and its "words", one 0 or 1 for each
    keyword that at least 5 pictures have (6.7 of them on average). Pictures: Twemoji, CC BY 4.0;
    keywords: emojilib, MIT.

    Args:
        directory: Folder of `emoji_tags.npz`; null to look in the usual places.
        size: Height and width of the pictures: 32, or 16 or 8 for means over squares of pixels.
        test: Fraction of the rows that become test rows.
        seed: Seed of the choice of test rows.

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
        ValueError: the file is damaged or altered, or there is no such size.
    """
    if size not in _SIZES:
        raise DataError(f"size {size}: pictures can have a size of {', '.join(map(str, _SIZES))}")
    known = KNOWN["emoji"]
    files = tuple(known.files)
    (path,) = find(
        files, places(known.folder or "emoji", directory), title=known.title, origin=known.where
    )
    check_sum(path, hashlib.sha256(path.read_bytes()).hexdigest(), file=files[0], known=known)
    with opened_archive(path) as archive:
        pictures, words = archive.read("images"), archive.read("tags")
        vocabulary, names = archive.read("vocab"), archive.read("names")
    x = torch.from_numpy(np.ascontiguousarray(pictures)).movedim(-1, 1).float() / 255
    x = torch.nn.functional.avg_pool2d(x, 32 // size)
    tags = torch.from_numpy(np.ascontiguousarray(words)).float()
    rows = Split(torch.cat([x.flatten(1), tags], 1), names=[str(name) for name in names])
    parts: dict[str, Numbers | Picture] = {
        "picture": Picture((3, size, size)),
        "words": Numbers((tags.shape[1],), tuple(map(str, vocabulary))),
    }
    return with_test(DataSet("emoji", rows, columns={"x": Joined(parts)}), test, seed=seed)
