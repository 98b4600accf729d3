"""Singular vectors: scikit-learn's, and what the missing mean costs."""

import pytest
import torch

from harmonium.baselines.pca import PCA
from harmonium.baselines.svd import SVD
from harmonium.data.known import digits_set
from tests.baselines.test_pca import auto
from tests.stages import small


@pytest.fixture(scope="module")
def learned():
    """A trial whose test rows are the training rows."""
    data = digits_set()
    return small.one(data=data.each(lambda split: data.train), **auto(64, 10))


def test_it_projects_on_the_first_singular_vectors(learned):
    x = learned.data.train.x.flatten(1).double()
    _, _, v = torch.linalg.svd(x, full_matrices=False)
    rest = x - x @ v[:10].mT @ v[:10]
    error = SVD()(learned)["reconstruction_error"]
    assert error == pytest.approx(float(rest.square().mean()), rel=1e-6)


@pytest.mark.parametrize("k", [1, 10, 30])
def test_without_centring_training_rows_come_back_worse(learned, k):
    svd, pca = (baseline(components=k)(learned)["reconstruction_error"] for baseline in (SVD, PCA))
    assert svd > 1.0001 * pca


def test_all_components_give_everything_back(learned):
    assert SVD(components=64)(learned)["reconstruction_error"] < 1e-20
