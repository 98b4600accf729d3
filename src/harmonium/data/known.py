"""The known data sets as readers of recipes."""

from __future__ import annotations

from pathlib import Path

import torch

from harmonium.bounds import Share
from harmonium.data.dataset import DataSet
from harmonium.data.digits import digits
from harmonium.data.examples import Split
from harmonium.data.faces import frey_faces
from harmonium.data.fonts import font_letters
from harmonium.data.kinds import Numbers
from harmonium.data.sets import fashion_mnist, mnist
from harmonium.data.split import with_test
from harmonium.errors import DataError
from harmonium.extras import need

__all__ = [
    "diabetes_set",
    "digits_set",
    "fashion_mnist_set",
    "frey_faces_set",
    "letters_set",
    "mnist_set",
]


def diabetes_set(seed: int = 0, *, test: Share = 0.2) -> DataSet:
    """Diabetes, 442 patients that come with scikit-learn: 10 features, 1 real target, raw units.

    The target is a measure of the disease's progression one year after the features were taken
    (25 to 346). Features are age (years), sex (1 or 2), body mass index, blood pressure and six
    blood serum values: add `standardise`. Efron, Hastie, Johnstone and Tibshirani, 2004,
    https://doi.org/10.1214/009053604000000067.

    Args:
        seed: Seed of the choice of test rows.
        test: Fraction of the rows that become test rows.

    Raises:
        ImportError: scikit-learn is missing.

    >>> data = diabetes_set()
    >>> data, data.targets
    (DataSet('diabetes': 354 train, 88 test, each 10, 1 target), ('progression',))
    """
    bunch = need("sklearn.datasets", "diabetes comes with").load_diabetes(scaled=False)
    x, y = (torch.tensor(bunch[part], dtype=torch.float32) for part in ("data", "target"))
    names = tuple(bunch["feature_names"])
    columns = {"x": Numbers((len(names),), names), "y": Numbers((1,), ("progression",))}
    return with_test(DataSet("diabetes", Split(x, y[:, None]), columns=columns), test, seed=seed)


def digits_set(seed: int = 0) -> DataSet:
    """Handwritten digits of 8 x 8 that come with scikit-learn: 1297 train, 500 test, pixels / 16.

    Args:
        seed: Seed of the choice of test rows.

    Raises:
        ImportError: scikit-learn is missing.

    >>> digits_set()
    DataSet('digits': 1297 train, 500 test, each 8 x 8, 10 classes)
    """
    return digits(seed).dataset()


def letters_set() -> DataSet:
    """Capital letters of 29 x 29 from 20 free fonts in three sizes: 1326 train, 234 test, grey.

    Test rows are of three fonts that no training row has. The letters are drawn with fonts that
    are part of matplotlib.

    Raises:
        ImportError: matplotlib or Pillow is missing.

    >>> letters_set()
    DataSet('letters': 1326 train, 234 test, each 29 x 29, 26 classes)
    """
    return font_letters().dataset()


def mnist_set(directory: Path | None = None) -> DataSet:
    """MNIST, handwritten digits of 28 x 28: 60000 train, 10000 test, pixels / 255.

    Args:
        directory: Folder of the four IDX files; null to look in the usual places.

    Raises:
        FileNotFoundError: files are missing; the message gives their source and place.
        ValueError: a file is damaged or altered.
    """
    return mnist(directory).dataset()


def fashion_mnist_set(directory: Path | None = None) -> DataSet:
    """Fashion-MNIST, articles of clothing of 28 x 28: 60000 train, 10000 test, pixels / 255.

    Args:
        directory: Folder of the four IDX files; null to look in the usual places.

    Raises:
        FileNotFoundError: files are missing; the message gives their source and place.
        ValueError: a file is damaged or altered.
    """
    return fashion_mnist(directory).dataset()


def frey_faces_set(directory: Path | None = None, *, test: Share = 0.2) -> DataSet:
    """Frey faces: 1965 grey frames of one face of 28 x 20, pixels / 255, no labels.

    Test rows are the last frames, because a random split would leak: neighbours are similar.

    Args:
        directory: Folder of `freyfaces.npz`; null to look in the usual places.
        test: Fraction of the frames, from the end, that become test rows.

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
        ValueError: the file is damaged or altered, or no training row would be left.
    """
    x, shape = frey_faces(directory)
    held = round(test * len(x))
    if not 0 <= held < len(x):
        raise DataError(f"test {test}: a share of at least 0 and below 1 is needed")
    train = Split(x[: len(x) - held])
    return DataSet(
        "frey_faces", train, test=Split(x[len(x) - held :]) if held else None, shape=shape
    )
