"""Image sets by name, such as MNIST and Fashion-MNIST, verified by checksum."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path

from torch import Tensor

from harmonium.catalogue.find import find, nearest, places
from harmonium.catalogue.known import KNOWN, KnownSet, check_sum
from harmonium.data.digits import digits
from harmonium.data.fonts import font_letters
from harmonium.data.idx import idx_md5, read_idx
from harmonium.data.images import ImageSet
from harmonium.errors import DataError

__all__ = ["fashion_mnist", "load", "mnist"]


def mnist(directory: str | PathLike[str] | None = None) -> ImageSet:
    """Returns MNIST: 60000 training and 10000 test digits of 28 x 28, pixels / 255.

    Nothing is downloaded: `harmonium.catalogue.find.places` lists places of the four IDX files.
    Copyright Y. LeCun and C. Cortes, CC BY-SA 3.0.

    Raises:
        FileNotFoundError: files are missing; the message gives their source and place.
        ValueError: a file is damaged, or its MD5 (uncompressed) differs from the published one.
    """
    return _read("mnist", directory)


def fashion_mnist(directory: str | PathLike[str] | None = None) -> ImageSet:
    """Returns Fashion-MNIST: 60000 training and 10000 test articles of 28 x 28, pixels / 255.

    Files, search and errors as in `mnist`. Copyright 2017 Zalando SE, MIT licence;
    Xiao, Rasul and Vollgraf 2017, https://arxiv.org/abs/1708.07747.

    Raises:
        FileNotFoundError: files are missing; the message gives their source and place.
        ValueError: a file is damaged, or its MD5 (uncompressed) differs from the published one.
    """
    return _read("fashion_mnist", directory)


def load(name: str) -> ImageSet:
    """Returns the set of this name: "digits", "letters", "mnist" or "fashion_mnist".

    Raises:
        ValueError: there is no such set; the message gives the nearest name.

    >>> load("digits").shape
    (8, 8)
    >>> load("fashion-mnist")
    Traceback (most recent call last):
    harmonium.errors.DataError: no data set 'fashion-mnist', did you mean 'fashion_mnist'? \
There are: digits, \
letters, mnist, fashion_mnist
    """
    sets: dict[str, Callable[[], ImageSet]] = {
        "digits": digits,
        "letters": font_letters,
        "mnist": mnist,
        "fashion_mnist": fashion_mnist,
    }
    if name not in sets:
        raise DataError(f"no data set {name!r}{nearest(name, sets)}")
    return sets[name]()


def _read(name: str, directory: str | PathLike[str] | None) -> ImageSet:
    known = KNOWN[name]
    paths = find(
        tuple(known.files),
        places(name, directory),
        title=known.title,
        origin=known.where,
        fetched_by=f"harmonium data get {name}",
    )
    train, train_labels, test, test_labels = (
        _verified(path, file, known=known) for file, path in zip(known.files, paths, strict=True)
    )
    return ImageSet(
        name,
        train.flatten(1).float().div_(255),
        train_labels.long(),
        test.flatten(1).float().div_(255),
        test_labels.long(),
        shape=(train.shape[1], train.shape[2]),
        classes=known.classes,
    )


def _verified(path: Path, file: str, *, known: KnownSet) -> Tensor:
    values = read_idx(path)
    check_sum(path, idx_md5(values), file=file, known=known)
    return values
