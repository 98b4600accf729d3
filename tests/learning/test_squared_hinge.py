"""Support vector machines of all classes at once, against scikit-learn's coordinate descent."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.svm import LinearSVC
from torch.testing import assert_close

from harmonium.learning.squared_hinge import Planes, squared_hinge
from harmonium.random import generator


def digits(n=400):
    X, y = load_digits(return_X_y=True)
    X = X[:n] - X[:n].mean(0)
    return torch.tensor(X / np.sqrt((X**2).sum(1).mean())), torch.tensor(y[:n])


def cost(planes, x, y, *, C, weights=1.0):
    s = torch.where(y[:, None] == torch.arange(len(planes.bias)), 1.0, -1.0)
    gaps = (1 - s * (x @ planes.weight.T + planes.bias)).clamp(min=0).square().sum(1)
    lengths = planes.weight.square().sum() + planes.bias.square().sum()
    return float(lengths / 2 + C * (weights * gaps).sum())


@pytest.mark.parametrize("C", [1.0, 10.0])
def test_the_cost_is_as_low_as_scikit_learn_s(C):
    x, y = digits()
    mine = squared_hinge(x, y, C=C, max_iter=1000)
    other = LinearSVC(C=C, tol=1e-6, max_iter=100_000, random_state=0).fit(x.numpy(), y.numpy())
    theirs = Planes(torch.tensor(other.coef_), torch.tensor(other.intercept_))
    lowest = cost(theirs, x, y, C=C)
    assert lowest * (1 - 1e-6) <= cost(mine, x, y, C=C) < lowest * 1.0005
    assert (mine.classes(x) == theirs.classes(x)).double().mean() > 0.99


def test_rows_of_weight_zero_are_not_seen_and_a_weight_of_two_is_two_rows():
    x, y = digits(120)
    weights = torch.ones(120)
    weights[:20], weights[100:] = 0, 2
    once = squared_hinge(x, y, C=1.0, weights=weights)
    rows = torch.cat([torch.arange(20, 120), torch.arange(100, 120)])
    again = squared_hinge(x[rows], y[rows], C=1.0)
    assert_close(once.weight, again.weight, atol=1e-2, rtol=0)


def test_from_other_planes_it_comes_to_the_same_ones():
    x, y = digits(200)
    far = Planes(
        torch.randn(10, 64, generator=generator(0), dtype=torch.float64), torch.zeros(10).double()
    )
    start, none = (squared_hinge(x, y, C=1.0, start=s, max_iter=1000) for s in (far, None))
    assert cost(start, x, y, C=1.0) == pytest.approx(cost(none, x, y, C=1.0), rel=1e-4)
    assert far.bias.tolist() == [0.0] * 10


def test_rows_without_classes_are_refused():
    with pytest.raises(ValueError, match=r"rows \(3, 2\) and classes \(2,\)"):
        squared_hinge(torch.zeros(3, 2), torch.zeros(2, dtype=torch.int64), C=1.0)
