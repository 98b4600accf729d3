"""Olivetti faces: ten pictures of each of forty people, some of whom are never learned."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from torch.nn.functional import avg_pool2d

from harmonium.bounds import Count, Seed
from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN, check_sum
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.kinds import Classes, Picture
from harmonium.errors import DataError
from harmonium.extras import need

__all__ = ["olivetti"]

_PEOPLE, _EACH, _SIZE = 40, 10, 64


def olivetti(
    directory: Path | None = None, *, size: int = 32, unseen: Count = 15, seed: Seed = 0
) -> DataSet:
    """Olivetti faces, 400 grey pictures of 40 people, 10 of each, with the person as label.

    Test rows are all pictures of some people, of whom no training row is (Samaria and Harter,
    1994, https://doi.org/10.1109/ACV.1994.341300). The owner states no licence.

    Args:
        directory: Folder of `olivettifaces.mat`; null to look in the usual places.
        size: Height and width of the pictures: 64, or 32, 16 or 8 for means over squares of
            pixels.
        unseen: Number of people who are in test rows only.
        seed: Seed of the choice of these people.

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
        ImportError: scipy is missing.
        ValueError: the file is damaged or altered, there is no such size, or fewer than two
            people would be learned.
    """
    if size not in (8, 16, 32, _SIZE):
        raise DataError(f"size {size}: pictures can have a size of 8, 16, 32, 64")
    if unseen > _PEOPLE - 2:
        raise DataError(f"unseen {unseen}: two people at least must remain of {_PEOPLE}")
    known = KNOWN["olivetti"]
    files = tuple(known.files)
    (path,) = find(
        files, places(known.folder or "faces", directory), title=known.title, origin=known.where
    )
    check_sum(path, hashlib.sha256(path.read_bytes()).hexdigest(), file=files[0], known=known)
    pixels = need("scipy.io", "the file of the Olivetti faces is read by").loadmat(path)["faces"]
    x = torch.from_numpy(pixels.T.copy()).float().reshape(-1, 1, _SIZE, _SIZE).mT / 255
    x = avg_pool2d(x, _SIZE // size).flatten(1)
    y = torch.arange(_PEOPLE).repeat_interleave(_EACH)
    order = torch.randperm(_PEOPLE, generator=torch.Generator().manual_seed(seed))
    held = torch.isin(y, order[:unseen])
    names = tuple(f"person {k + 1}" for k in range(_PEOPLE))
    return DataSet(
        "olivetti",
        Split(x[~held], y[~held]),
        test=Split(x[held], y[held]),
        columns={"x": Picture((1, size, size)), "y": Classes(names)},
    )
