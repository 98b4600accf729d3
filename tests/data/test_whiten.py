"""Whitening: the covariance that is left, both kinds, and back again."""

import numpy as np
import pytest
import torch

from harmonium.data import DataSet, Split, fit_all
from harmonium.data.whiten import Whiten, whitening
from harmonium.errors import DataError

SOURCE = torch.Generator().manual_seed(0)
MIX = torch.randn(6, 6, generator=SOURCE, dtype=torch.float64)
ROWS = torch.randn(500, 6, generator=SOURCE, dtype=torch.float64) @ MIX + 3


def covariance(x):
    centred = x - x.mean(0)
    return centred.mT @ centred / len(x)


def test_the_worked_example():
    """Covariance [[2, 1], [1, 2]] with eigenvalues 3 and 1."""
    x = torch.tensor([[1.0, 1.0], [-1, -1], [1, -1], [-1, 1]], dtype=torch.float64)
    scaled = x * torch.tensor([3**0.5, 3**0.5, 1, 1], dtype=torch.float64)[:, None]
    torch.testing.assert_close(covariance(scaled), torch.tensor([[2.0, 1], [1, 2]]).double())
    found = whitening(scaled).matrix
    expected = [[0.7886751346, -0.2113248654], [-0.2113248654, 0.7886751346]]
    np.testing.assert_allclose(found.numpy(), expected, atol=1e-10)


@pytest.mark.parametrize("epsilon", [0.0, 0.5])
@pytest.mark.parametrize("kind", ["zca", "pca"])
def test_the_covariance_is_what_the_docstring_says(kind, epsilon):
    mean, matrix, back = whitening(ROWS, kind=kind, epsilon=epsilon)
    values, vectors = torch.linalg.eigh(covariance(ROWS))
    left = (values / (values + epsilon)).flip(0)
    expected = left.diag()
    if kind == "zca":
        expected = vectors.flip(1) @ expected @ vectors.flip(1).mT
        torch.testing.assert_close(matrix, matrix.mT)
    torch.testing.assert_close(covariance((ROWS - mean) @ matrix.mT), expected)
    torch.testing.assert_close(back @ matrix, torch.eye(6, dtype=torch.float64))


@pytest.mark.parametrize("kind", ["zca", "pca"])
def test_rows_come_back(kind):
    fitted = Whiten(kind, epsilon=0.1).fit(ROWS.float(), (2, 3))
    assert fitted.shape == ((2, 3) if kind == "zca" else (6,))
    torch.testing.assert_close(fitted.inverse(fitted(ROWS.float())), ROWS.float())
    again = Whiten(kind, epsilon=0.1).restore(fitted.state())
    assert again(ROWS.float()).equal(fitted(ROWS.float()))


def test_only_training_rows_count():
    data = DataSet("toy", Split(ROWS[:300].float()), test=Split(9 * ROWS[300:].float()))
    _, changed = fit_all([Whiten(epsilon=0)], data)
    torch.testing.assert_close(
        covariance(changed.train.x.double()), torch.eye(6).double(), atol=1e-5, rtol=0
    )
    assert float(changed.test.x.std()) > 2


def test_rows_without_variance_need_epsilon():
    flat = ROWS.clone()
    flat[:, 0] = flat[:, 1]
    with pytest.raises(DataError, match="do not vary in every direction .*: set epsilon above 0"):
        Whiten(epsilon=0.0).fit(flat, (6,))
    one = Whiten(epsilon=0.1).fit(ROWS[:1], (6,))
    assert not one(ROWS[:1]).any()
