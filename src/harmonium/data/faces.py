"""Frey faces: grey frames of one face, for Gaussian units. Unlabelled and unsplit."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from os import PathLike

import numpy as np
import torch
from torch import Tensor

from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN
from harmonium.errors import DataError

__all__ = ["frey_faces"]

_COUNT, _SHAPE = 1965, (28, 20)


def frey_faces(directory: str | PathLike[str] | None = None) -> tuple[Tensor, tuple[int, int]]:
    """Returns 1965 successive video frames of one face, pixels / 255, and their shape (28, 20).

    Shape of the tensor: float32 (1965, 560). Frames are in order of time and similar to their
    neighbours, so a random split into training and test rows leaks. The directories are those of
    `harmonium.catalogue.find.places`, with name "faces". The owner states no licence.

    Raises:
        FileNotFoundError: `freyfaces.npz` is missing; the message gives its source and place.
        ValueError: it is not this archive, or the SHA-256 of its pixels differs.
    """
    known = KNOWN["frey_faces"]
    ((file, expected),) = known.files.items()
    (path,) = find([file], places("faces", directory), title=known.title, origin=known.where)
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            pixels = archive["faces"].tobytes()
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError) as error:
        raise DataError(
            f"{path}: not a whole .npz archive with an array `faces` ({error}): "
            f"bring {known.where}"
        ) from error
    checksum = hashlib.sha256(pixels).hexdigest()
    if checksum != expected:
        raise DataError(
            f"{path}: SHA-256 of the pixels is {checksum}; expected {expected}: "
            f"bring {known.where}"
        )
    grey = torch.frombuffer(bytearray(pixels), dtype=torch.uint8)
    return grey.reshape(_COUNT, -1).float().div_(255), _SHAPE
