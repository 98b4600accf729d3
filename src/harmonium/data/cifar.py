"""CIFAR-10: colour pictures of ten classes, whole or as a subset, verified by checksum."""

from __future__ import annotations

import hashlib
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN, KnownSet
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.errors import DataError, UsageError

__all__ = ["cifar10"]

_SHAPE = (3, 32, 32)
_FOLDER = "cifar-10-batches-bin"
_PARTS = {"train": [f"data_batch_{k}.bin" for k in range(1, 6)], "test": ["test_batch.bin"]}

_SUBSET = "cifar10_subset.npz"
_SUBSET_SUM = "ad0561e001673391e50b02f442772da785196cbc5ae58068e96ab9634d3382af"
"""SHA-256 of the subset's arrays, in the order of their names here."""
_ARRAYS = ("x_train", "y_train", "x_test", "y_test")

Arrays = dict[str, tuple[NDArray[np.uint8], NDArray[np.uint8]]]
"""Part -> pictures ``(N, 3, 32, 32)`` and labels ``(N,)``."""


def cifar10(directory: Path | None = None, *, rows: Literal["all", "subset"] = "all") -> DataSet:
    """CIFAR-10, colour pictures of 32 x 32 in 10 classes, pixels / 255: 50000 train, 10000 test.

    Krizhevsky, 2009, https://www.cs.toronto.edu/~kriz/learning-features-2009-TR.pdf. Pictures are
    stored channel by channel.

    Args:
        directory: Folder of the file; null to look in the usual places.
        rows: All of them, from `cifar-10-binary.tar.gz`; or a subset, 1000 to train and 500 to
            test of each class, from `cifar10_subset.npz`.

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
        ValueError: the file is damaged or altered.
    """
    if rows not in ("all", "subset"):
        raise UsageError(f"rows is {rows!r}: there are 'all' and 'subset'")
    known = KNOWN["cifar10"]
    files = tuple(known.files) if rows == "all" else (_SUBSET,)
    origin = known.where
    if rows == "subset":
        origin = f"{known.where}, as arrays {', '.join(_ARRAYS)}, uint8 (N, 32, 32, 3) and (N,)"
    (path,) = find(files, places("cifar10", directory), title=known.title, origin=origin)
    arrays = _whole(path, known) if rows == "all" else _subset(path)
    splits = {
        part: Split(
            torch.from_numpy(pictures).flatten(1).float().div_(255),
            torch.from_numpy(labels.astype(np.int64)),
        )
        for part, (pictures, labels) in arrays.items()
    }
    return DataSet(
        "cifar10", splits["train"], test=splits["test"], shape=_SHAPE, classes=known.classes
    )


def _whole(path: Path, known: KnownSet) -> Arrays:
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "md5").hexdigest()
    ((file, expected),) = known.files.items()
    if found != expected:
        raise DataError(
            f"{path}: MD5 is {found}; {known.title}, {file} has {expected}: bring the file from "
            f"{known.where}"
        )
    with tarfile.open(path) as archive:
        return {
            part: _parted(b"".join(_member(archive, f"{_FOLDER}/{name}") for name in names))
            for part, names in _PARTS.items()
        }


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    assert stream is not None  # the checksum of the archive is right
    with stream:
        return stream.read()


def _parted(raw: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Records of a label and 3072 pixels, channel by channel."""
    records = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 1 + 3 * 32 * 32)
    return records[:, 1:].reshape(-1, *_SHAPE).copy(), records[:, 0]


def _subset(path: Path) -> Arrays:
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays = [np.ascontiguousarray(archive[name]) for name in _ARRAYS]
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError) as error:
        raise DataError(
            f"{path}: not a whole .npz archive with the arrays {', '.join(_ARRAYS)} ({error}): "
            "bring the file again"
        ) from error
    digest = hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest()
    if digest != _SUBSET_SUM:
        raise DataError(
            f"{path}: SHA-256 of the arrays is {digest}; expected {_SUBSET_SUM}: bring the file "
            "again"
        )
    x_train, y_train, x_test, y_test = arrays
    first = (0, 3, 1, 2)
    return {
        "train": (np.ascontiguousarray(x_train.transpose(first)), y_train),
        "test": (np.ascontiguousarray(x_test.transpose(first)), y_test),
    }
