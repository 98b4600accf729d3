"""The known sets as data sets, for recipes."""

from __future__ import annotations

from pathlib import Path

from harmonium.bounds import Share
from harmonium.data.dataset import DataSet, Split
from harmonium.data.digits import digits
from harmonium.data.faces import frey_faces
from harmonium.data.fonts import font_letters
from harmonium.data.sets import fashion_mnist, mnist
from harmonium.errors import DataError

__all__ = ["digits_set", "fashion_mnist_set", "frey_faces_set", "letters_set", "mnist_set"]


def digits_set(seed: int = 0) -> DataSet:
    """Handwritten digits of 8 x 8 that come with scikit-learn: 1297 train, 500 test, pixels / 16.

    Args:
        seed: Decides which rows are test rows.

    Raises:
        ImportError: where scikit-learn is missing.

    >>> digits_set()
    DataSet('digits': 1297 train, 500 test, each 8 x 8, 10 classes)
    """
    return digits(seed).dataset()


def letters_set() -> DataSet:
    """Capital letters of 29 x 29 from 20 free fonts in three sizes: 1326 train, 234 test, grey.

    Test rows are of three fonts that no training row is of. They are drawn, not read: matplotlib
    brings the fonts.

    Raises:
        ImportError: where matplotlib or Pillow is missing.

    >>> letters_set()
    DataSet('letters': 1326 train, 234 test, each 29 x 29, 26 classes)
    """
    return font_letters().dataset()


def mnist_set(directory: Path | None = None) -> DataSet:
    """MNIST, handwritten digits of 28 x 28: 60000 train, 10000 test, pixels / 255.

    Args:
        directory: Where the four IDX files lie; null to look in the usual places.

    Raises:
        FileNotFoundError: where the files are missing; it says what to bring and where to.
        ValueError: where a file is damaged or altered.
    """
    return mnist(directory).dataset()


def fashion_mnist_set(directory: Path | None = None) -> DataSet:
    """Fashion-MNIST, articles of clothing of 28 x 28: 60000 train, 10000 test, pixels / 255.

    Args:
        directory: Where the four IDX files lie; null to look in the usual places.

    Raises:
        FileNotFoundError: where the files are missing; it says what to bring and where to.
        ValueError: where a file is damaged or altered.
    """
    return fashion_mnist(directory).dataset()


def frey_faces_set(directory: Path | None = None, *, test: Share = 0.2) -> DataSet:
    """Frey faces: 1965 grey frames of one face of 28 x 20, pixels / 255, no labels.

    Test rows are the last frames: a random split would leak, as neighbours in time are alike.

    Args:
        directory: Where `freyfaces.npz` lies; null to look in the usual places.
        test: Share of the frames, from the end, that are test rows.

    Raises:
        FileNotFoundError: where the file is missing; it says what to bring and where to.
        ValueError: where the file is damaged or altered, or no training row would be left.
    """
    x, shape = frey_faces(directory)
    held = round(test * len(x))
    if not 0 <= held < len(x):
        raise DataError(f"test {test}: a share of at least 0 and below 1 is needed")
    train = Split(x[: len(x) - held])
    return DataSet(
        "frey_faces", train, test=Split(x[len(x) - held :]) if held else None, shape=shape
    )
