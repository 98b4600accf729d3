"""Frey faces: grey frames of one face, for Gaussian units. Unlabelled and unsplit."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from os import PathLike

import numpy as np
import torch
from torch import Tensor

from harmonium.data.find import find, places

__all__ = ["frey_faces"]

_FILE = "freyfaces.npz"
# Of the pixels, not of the archive, whose bytes depend on who packed it.
_SHA256 = "2438ba4f0d2a6bd8bac43de756141eaa33c8d248dd613d464bdb1210d9b7af78"
_COUNT, _SHAPE = 1965, (28, 20)
_ORIGIN = (
    "S. Roweis' Frey face data, saved with numpy.savez_compressed as the array `faces`, "
    "uint8 (1965, 28, 20), rows of each frame first"
)


def frey_faces(directory: str | PathLike[str] | None = None) -> tuple[Tensor, tuple[int, int]]:
    """Return 1965 successive video frames of one face, pixels / 255, and their shape (28, 20).

    Shape of the tensor: float32 (1965, 560). The frames are in order of time, so neighbours
    resemble each other: a random split into train and test leaks. The directories are those of
    `harmonium.data.find.places`, with name "faces". The owner states no licence.

    Raises:
        FileNotFoundError: where `freyfaces.npz` is missing; it says what to bring and where to.
        ValueError: where it is no such archive, or the SHA-256 of its pixels is another.
    """
    (path,) = find([_FILE], places("faces", directory), title="Frey faces", origin=_ORIGIN)
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            pixels = archive["faces"].tobytes()
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError) as error:
        raise ValueError(
            f"{path}: not a whole .npz archive with an array `faces` ({error}): bring {_ORIGIN}"
        ) from error
    found = hashlib.sha256(pixels).hexdigest()
    if found != _SHA256:
        raise ValueError(
            f"{path}: SHA-256 of the pixels is {found}; expected {_SHA256}: bring {_ORIGIN}"
        )
    grey = torch.frombuffer(bytearray(pixels), dtype=torch.uint8)
    return grey.reshape(_COUNT, -1).float().div_(255), _SHAPE
