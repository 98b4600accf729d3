"""Labels, and the mark of those that are missing."""

import numpy as np
import pytest
from sklearn.base import BaseEstimator

from harmonium.estimators.labels import classes_of, known, rows_and_labels


@pytest.mark.parametrize(
    ("y", "mark"),
    [
        (np.array([0, 1, -1]), -1),
        (np.array([0.0, 1.0, np.nan]), float("nan")),
        (np.array(["a", "b", "none"], dtype=object), "none"),
    ],
)
def test_marks(y, mark):
    assert known(y, mark=mark).tolist() == [True, True, False]
    assert known(y, mark=None).all()
    with pytest.raises(ValueError, match="no row is labelled"):
        known(y[2:], mark=mark)


def test_rows_and_labels_are_checked_together():
    x, y = np.zeros((3, 2)), np.array([0.0, 1.0, np.nan])
    with pytest.raises(ValueError, match="NaN"):
        rows_and_labels(BaseEstimator(), (x, y), mark=None)
    assert len(rows_and_labels(BaseEstimator(), (x, y), mark=float("nan"))[1]) == 3
    with pytest.raises(ValueError, match="inconsistent numbers"):
        rows_and_labels(BaseEstimator(), (x, y[:2]), mark=float("nan"))


def test_classes_are_sorted_and_at_least_two():
    classes, codes = classes_of(np.array(["b", "a", "b"]))
    assert (classes.tolist(), codes.tolist()) == (["a", "b"], [1, 0, 1])
    with pytest.raises(ValueError, match=r"at least two classes, but y has one class: \['a'\]"):
        classes_of(np.array(["a", "a"]))
