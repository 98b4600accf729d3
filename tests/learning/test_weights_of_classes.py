"""Weights of classes: scikit-learn's rule, mappings, and rows that have weights of their own."""

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_sample_weight

from harmonium.learning.weights_of_classes import class_weights

LABELS = torch.tensor([0, 2, 2, 1, 2, 2, 2, 0, 2, 2])


def test_balanced_is_that_of_scikit_learn():
    found = class_weights(LABELS, ["a", "b", "c"], weight="balanced")
    expected = compute_sample_weight("balanced", LABELS.numpy())
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_balanced_classes_have_equal_sums_of_weights():
    rows = torch.rand(10, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found = class_weights(LABELS, ["a", "b", "c"], weight="balanced", rows=rows)
    sums = torch.zeros(3, dtype=torch.float64).index_add_(0, LABELS, found)
    torch.testing.assert_close(sums, rows.sum().expand(3) / 3)
    torch.testing.assert_close(found.sum(), rows.sum())


def test_a_class_without_rows_does_not_count():
    found = class_weights(LABELS, ["a", "b", "c", "d"], weight="balanced")
    torch.testing.assert_close(found, class_weights(LABELS, ["a", "b", "c"], weight="balanced"))


def test_a_mapping_multiplies_the_weights_of_the_rows():
    rows = torch.arange(10, dtype=torch.float32)
    found = class_weights(LABELS, [7, 8, 9], weight={7: 3.0, "8": 0.0}, rows=rows)
    assert found.tolist() == [0, 1, 2, 0, 4, 5, 6, 21, 8, 9]


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ({"d": 1.0}, "class_weight names d, and the classes are a, b, c"),
        ({"a": -1.0}, "weights are finite and at least 0"),
        ({"a": float("inf")}, "weights are finite and at least 0"),
        ({"a": 0, "b": 0, "c": 0}, "leaves no row a weight"),
        ("equal", "class_weight is 'equal': give 'balanced'"),
    ],
)
def test_what_weighs_nothing_is_refused(weight, message):
    with pytest.raises(ValueError, match=message):
        class_weights(LABELS, ["a", "b", "c"], weight=weight)
