"""Principal components: the best linear code, and its published error on MNIST."""

import os

import pytest
import torch

from harmonium.baselines.pca import PCA
from harmonium.data.known import digits_set, mnist_set
from harmonium.random import generator
from tests.stages import small


def auto(width, code):
    return {
        "model": {"type": "autoencoder", "units": [width, code]},
        "pretrain": None,
        "train": {"type": "reconstruction", "epochs": 1},
        "fine_tune": None,
    }


def test_digits_from_ten_components():
    made = small.one(data=digits_set(), **auto(64, 10))
    assert PCA()(made)["reconstruction_error"] == pytest.approx(0.01973, abs=2e-5)


def test_no_other_linear_code_gives_training_rows_back_better():
    """Against 20 random subspaces through the mean, and the principal one turned a little."""
    data = digits_set()
    x = data.train.x.flatten(1).double()
    mean = x.mean(0)
    _, _, v = torch.linalg.svd(x - mean, full_matrices=False)

    def error(basis):
        q, _ = torch.linalg.qr(basis)
        rest = (x - mean) - (x - mean) @ q @ q.mT
        return float(rest.square().mean())

    own = data.each(lambda split: data.train)  # judged on the training rows
    best = PCA()(small.one(data=own, **auto(64, 10)))["reconstruction_error"]
    assert best == pytest.approx(error(v[:10].mT), rel=1e-9)
    for seed in range(20):
        other = torch.randn(64, 10, generator=generator(seed), dtype=torch.float64)
        assert error(other) > best
        assert error(v[:10].mT + 0.01 * other) > best


@pytest.mark.data
@pytest.mark.skipif("HARMONIUM_DATA" not in os.environ, reason="it needs MNIST")
def test_mnist_from_thirty_components_has_the_published_error():
    """13.87 summed over the pixels of an image (Hinton and Salakhutdinov, 2006)."""
    scores = PCA()(small.one(data=mnist_set(), **auto(784, 30)))
    assert scores["squared_error_sum"] == pytest.approx(13.87, abs=0.01)
    assert scores["reconstruction_error"] == pytest.approx(0.0176866, abs=1e-6)
