"""Image sets by name, MNIST and Fashion-MNIST among them, verified to the last bit."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from torch import Tensor

from harmonium.data.digits import digits
from harmonium.data.find import find, places
from harmonium.data.idx import idx_md5, read_idx
from harmonium.data.images import ImageSet

__all__ = ["fashion_mnist", "load", "mnist"]


class _Origin(NamedTuple):
    title: str
    where: str
    classes: tuple[str, ...]
    md5: Mapping[str, str]  # of the uncompressed files: .gz bytes differ between mirrors


_ORIGINS = {
    "mnist": _Origin(
        title="MNIST",
        where="https://ossci-datasets.s3.amazonaws.com/mnist/",
        classes=tuple("0123456789"),
        md5={
            "train-images-idx3-ubyte": "6bbc9ace898e44ae57da46a324031adb",
            "train-labels-idx1-ubyte": "a25bea736e30d166cdddb491f175f624",
            "t10k-images-idx3-ubyte": "2646ac647ad5339dbf082846283269ea",
            "t10k-labels-idx1-ubyte": "27ae3e4e09519cfbb04c329615203637",
        },
    ),
    "fashion_mnist": _Origin(
        title="Fashion-MNIST",
        where="https://github.com/zalandoresearch/fashion-mnist "
        "(Debian and Ubuntu: apt-get install dataset-fashion-mnist)",
        classes=(
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ),
        md5={
            "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
            "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
            "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
            "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
        },
    ),
}


def mnist(directory: str | PathLike[str] | None = None) -> ImageSet:
    """Return MNIST: 60000 train and 10000 test digits of 28 x 28, pixels / 255.

    Nothing is downloaded: `harmonium.data.find.places` lists where the four IDX files may lie.
    Copyright Y. LeCun and C. Cortes, CC BY-SA 3.0.

    Raises:
        FileNotFoundError: where the files are missing; it says what to bring and where to.
        ValueError: where a file is damaged, or its MD5 (uncompressed) is not the published one.
    """
    return _read("mnist", directory)


def fashion_mnist(directory: str | PathLike[str] | None = None) -> ImageSet:
    """Return Fashion-MNIST: 60000 train and 10000 test articles of 28 x 28, pixels / 255.

    Files, search and errors as in `mnist`. Copyright 2017 Zalando SE, MIT licence;
    Xiao, Rasul and Vollgraf 2017, https://arxiv.org/abs/1708.07747.

    Raises:
        FileNotFoundError: where the files are missing; it says what to bring and where to.
        ValueError: where a file is damaged, or its MD5 (uncompressed) is not the published one.
    """
    return _read("fashion_mnist", directory)


def load(name: str) -> ImageSet:
    """Return the set of this name: "digits", "mnist" or "fashion_mnist".

    Raises:
        ValueError: where there is no such set; it gives the nearest name.

    >>> load("digits").shape
    (8, 8)
    >>> load("fashion-mnist")
    Traceback (most recent call last):
    ValueError: no data set 'fashion-mnist', did you mean 'fashion_mnist'? There are: digits, \
mnist, fashion_mnist
    """
    sets: dict[str, Callable[[], ImageSet]] = {
        "digits": digits,
        "mnist": mnist,
        "fashion_mnist": fashion_mnist,
    }
    if name not in sets:
        near = difflib.get_close_matches(name.lower(), sets, n=1)
        hint = f", did you mean {near[0]!r}?" if near else "."
        raise ValueError(f"no data set {name!r}{hint} There are: {', '.join(sets)}")
    return sets[name]()


def _read(name: str, directory: str | PathLike[str] | None) -> ImageSet:
    origin = _ORIGINS[name]
    paths = find(
        tuple(origin.md5), places(name, directory), title=origin.title, origin=origin.where
    )
    train, train_labels, test, test_labels = (
        _verified(path, file, origin=origin) for file, path in zip(origin.md5, paths, strict=True)
    )
    return ImageSet(
        name,
        train.flatten(1).float().div_(255),
        train_labels.long(),
        test.flatten(1).float().div_(255),
        test_labels.long(),
        shape=(train.shape[1], train.shape[2]),
        classes=origin.classes,
    )


def _verified(path: Path, file: str, *, origin: _Origin) -> Tensor:
    values = read_idx(path)
    found = idx_md5(values)
    if found != origin.md5[file]:
        # The sets name their files alike, so the likeliest fault is the wrong folder.
        known = [
            f"that of {other.title}, {part}"
            for other in _ORIGINS.values()
            for part, md5 in other.md5.items()
            if md5 == found
        ]
        raise ValueError(
            f"{path}: MD5 of the uncompressed contents is {found} "
            f"({known[0] if known else 'an altered or unknown file'}); {origin.title}, {file} "
            f"has {origin.md5[file]}: replace it by the file from {origin.where}"
        )
    return values
