"""Measures of rankings, against scikit-learn."""

import numpy as np
import torch
from sklearn.metrics import average_precision_score

from harmonium.learning.ranked import average_precision, precision_of_first
from harmonium.random import generator


def test_average_precision_is_that_of_scikit_learn():
    scores = torch.rand(20, 30, generator=generator(1), dtype=torch.float64)
    relevant = torch.rand(20, 30, generator=generator(2)) < 0.2
    found = average_precision(scores, relevant)
    expected = [average_precision_score(t, s) for t, s in zip(relevant, scores, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_only_labels_among_those_ranked_count():
    scores = torch.tensor([[0.9, 0.8, 0.7, 0.1]])
    relevant = torch.tensor([[True, False, True, True]])
    among = torch.tensor([[False, True, True, True]])
    assert average_precision(scores, relevant, among=among).tolist() == [(1 / 2 + 2 / 3) / 2]
    assert precision_of_first(scores, relevant, k=2, among=among).tolist() == [0.5]


def test_a_row_without_relevant_labels_has_none():
    assert average_precision(torch.ones(1, 3), torch.zeros(1, 3).bool()).isnan().all()
