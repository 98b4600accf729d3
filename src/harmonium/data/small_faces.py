"""Faces of 19 x 19 pixels and photographs, from which scenes are made."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from torch import Tensor

from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KnownSet, check_sum
from harmonium.extras import need

__all__ = ["photographs", "small_faces"]

_FACES = KnownSet(
    title="CBCL faces",
    about="grey faces of 19 x 19 pixels, among them several pictures of one person",
    where="MIT Center for Biological and Computational Learning, face database 1, as X_tra of "
    "faces.train.mat in https://github.com/kyunghyuncho/deepmat, saved as "
    "cbcl_faces_train_19x19.mat",
    licence="none stated by the owner",
    shape=(19, 19),
    rows={"train": 2429},
    files={
        "cbcl_faces_train_19x19.mat": "4f514295e2042ac1dc9925a0d85a8ef04d32f443b3c90fe9f8c7ab2f"
        "58715cde"
    },
)

_PHOTOGRAPHS = KnownSet(
    title="BSDS500, 80 photographs",
    about="80 training photographs of 481 x 321 of the Berkeley segmentation data set",
    where="https://github.com/BIDS/BSDS500, the first 80 of BSDS500/data/images/train, in a .tar",
    licence="none stated; cite Arbelaez et al., 2011",
    shape=(3, 321, 481),
    rows={"train": 80},
    files={
        "bsds500_train80.tar": "187f69999fde32d9173d0d30304512dd7ad8e5de23eb7d396d743790ecd6f6b0"
    },
)


def small_faces(directory: Path | None = None) -> Tensor:
    """Grey faces ``(2429, 19, 19)`` in [0, 1]; pictures of one person follow each other.

    Args:
        directory: Folder of the file; null to look in the usual places, with the name "faces".

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
        ImportError: scipy is missing.
        ValueError: the file is damaged or altered.
    """
    path = _found(_FACES, "faces", directory=directory)
    pixels = need("scipy.io", "the file of the CBCL faces is read by").loadmat(path)["X_tra"]
    return torch.from_numpy(pixels).float().reshape(-1, 19, 19).mT.contiguous()


def photographs(directory: Path | None = None) -> Path:
    """The .tar of 80 photographs of BSDS500.

    Args:
        directory: Folder of the file; null to look in the usual places, with the name
            "natural_images".

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
        ValueError: the file is altered.
    """
    return _found(_PHOTOGRAPHS, "natural_images", directory=directory)


def _found(known: KnownSet, folder: str, *, directory: Path | None) -> Path:
    """The file of a set, whose SHA-256 is checked."""
    (file,) = known.files
    (path,) = find([file], places(folder, directory), title=known.title, origin=known.where)
    check_sum(path, hashlib.sha256(path.read_bytes()).hexdigest(), file=file, known=known)
    return path
