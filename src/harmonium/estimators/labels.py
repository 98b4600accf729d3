"""Labels from users of scikit-learn, with a mark for missing ones."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from harmonium.errors import UsageError
from harmonium.estimators.frames import FLOATS, validate_data

__all__ = ["classes_of", "decisions", "known", "rows_and_labels"]


def rows_and_labels(
    model: BaseEstimator, rows: tuple[ArrayLike, ArrayLike], *, mark: object
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Checks X ``(N, D)`` and y ``(N,)``; NaN in y is allowed if it is the mark."""
    X, y = rows
    if mark == mark:
        return validate_data(model, X, y, dtype=FLOATS)
    x = validate_data(model, X, dtype=FLOATS)
    labels = column_or_1d(y, warn=True)  # accepts NaN, unlike validate_data
    check_consistent_length(x, labels)
    return x, labels


def known(y: NDArray[Any], *, mark: object) -> NDArray[Any]:
    """Which labels are known (not the mark), ``(N,)``.

    Raises:
        ValueError: no label is known.
    """
    if mark is None:
        return np.ones(len(y), dtype=bool)
    missing = y == mark
    if mark != mark:  # only NaN differs from itself
        missing = y != y
    if missing.all():
        raise UsageError(f"every label is {mark!r}: no row is labelled")
    return ~missing


def classes_of(labels: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The sorted classes ``(C,)``, and the index of the class of each label ``(N,)``.

    Raises:
        ValueError: the labels are no classes, or there are fewer than two.
    """
    check_classification_targets(labels)
    classes, codes = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise UsageError(
            "a classifier needs at least two classes, but y has one class: "
            f"{classes.tolist()}; use RBM to learn without labels"
        )
    return classes, codes


def decisions(scores: NDArray[Any]) -> NDArray[Any]:
    """Scores of classes ``(N, C)`` as scikit-learn wants them: of two classes the difference.

    >>> decisions(np.array([[1.0, 3.0]])), decisions(np.array([[1.0, 3.0, 2.0]]))
    (array([2.]), array([[1., 3., 2.]]))
    """
    return scores[:, 1] - scores[:, 0] if scores.shape[1] == 2 else scores
