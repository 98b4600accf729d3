"""Targets of the estimators of nets: which kind they are, and their columns."""

import numpy as np
import pytest
import torch

from harmonium import MLPClassifier, MLPRegressor
from harmonium.estimators.mlp_targets import (
    class_columns,
    has_several_labels,
    label_columns,
    same_classes,
    value_columns,
)

X = np.random.default_rng(0).random((4, 3))


@pytest.mark.parametrize(
    ("y", "expected"),
    [
        ([[0, 1], [1, 1]], True),
        (np.eye(3), True),
        ([0, 1, 1], False),
        ([[0.5, 1.0], [2.0, 1.0]], False),
        ([[1], [0]], False),
        (None, False),
        ([["a"], [1, 2]], False),
        ([[np.inf, 1.0], [0, 1]], False),
    ],
)
def test_several_labels_are_a_matrix_of_0_and_1(y, expected):
    assert has_several_labels(y) is expected


def test_equal_weights_are_left_out():
    model = MLPClassifier()
    columns, classes = class_columns(
        model, (X, list("abab")), sample_weight=None, classes=None, reset=True
    )
    assert [*columns] == ["x", "y"]
    assert columns["y"].tolist() == [0, 1, 0, 1]
    assert classes.tolist() == ["a", "b"]
    weighted, _ = class_columns(
        model, (X, list("abab")), sample_weight=[1, 0, 2, 3], classes=None, reset=True
    )
    assert weighted["weights"].tolist() == [1, 2, 3]
    assert weighted["y"].tolist() == [0, 0, 1]


def test_class_weights_multiply_sample_weights():
    model = MLPClassifier(class_weight={"a": 10})
    columns, _ = class_columns(
        model, (X, list("abab")), sample_weight=[1, 1, 2, 3], classes=None, reset=True
    )
    assert columns["weights"].tolist() == [10, 1, 20, 3]
    model = MLPClassifier(class_weight={"a": 0}, batch_size=1, max_iter=2)
    columns, _ = class_columns(
        model, (X, list("abab")), sample_weight=None, classes=None, reset=True
    )
    assert columns["y"].tolist() == [1, 1]
    assert model.fit(X, list("abab")).n_iter_ == 2


def test_labels_and_values_have_the_type_of_the_rows():
    rows = X.astype(np.float32)
    labels = label_columns(
        MLPClassifier(), (rows, np.eye(4, 2)), sample_weight=[1, 1, 0, 1], reset=True
    )
    assert labels["y"].dtype == torch.float32
    assert labels["y"].tolist() == [[1, 0], [0, 1], [0, 0]]
    values, flat = value_columns(MLPRegressor(), (X, X[:, 0]), sample_weight=None, reset=True)
    assert flat
    assert values["y"].shape == (4, 1)
    assert values["y"].dtype == torch.float64


def test_other_classes_are_refused():
    model = MLPClassifier()
    model.classes_ = np.array([0, 1])
    same_classes(model, np.array([0, 1]))
    with pytest.raises(ValueError, match=r"with the classes \[0, 1\], and y has \[0, 2\]"):
        same_classes(model, np.array([0, 2]))
