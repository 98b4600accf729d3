"""The Parzen window estimate against SciPy's normal density, and its choice of the width."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from harmonium.data import digits_set
from harmonium.judges import parzen
from harmonium.judges.parzen import Parzen, kernel_log_density
from tests.stages import small

GAN = {
    "model": {
        "type": "adversaries",
        "generator": {"type": "mlp", "units": [3, 64]},
        "discriminator": {"type": "mlp", "units": [64, 1]},
    },
    "pretrain": None,
    "train": {"type": "adversarial", "epochs": 1},
    "fine_tune": None,
}


def test_it_is_the_mean_of_normal_densities(monkeypatch):
    samples, rows = torch.randn(2, 7, 3, dtype=torch.float64)
    expected = [
        np.log(np.mean([multivariate_normal.pdf(x, s, sigma**2) for s in samples.numpy()]))
        for sigma in (0.5, 2.0)
        for x in rows.numpy()
    ]
    monkeypatch.setattr(parzen, "_BLOCK", 3)
    found = kernel_log_density(samples, rows, sigmas=[0.5, 2.0])
    np.testing.assert_allclose(found.flatten(), expected, atol=1e-9)


def test_the_width_is_that_of_the_validation_rows():
    one = small.one("data.validation=0.2", data=digits_set(), **GAN)
    test = one.data.test.x.flatten(1)
    model = one.able("samples")
    model.sample = lambda n, **_: {"x": one.data.train.x.flatten(1)[:n]}
    found = Parzen(samples=1000, widths=7)(one)
    grid = torch.logspace(-1, 0, 7, dtype=torch.float64).tolist()
    held = one.data.validation.x.flatten(1)
    train = one.data.train.x.flatten(1)[:1000]
    means = kernel_log_density(train, held, sigmas=grid).mean(1)
    assert found["parzen_sigma"] == grid[int(means.argmax())]
    values = kernel_log_density(train, test, sigmas=[found["parzen_sigma"]])[0]
    assert found["parzen"] == pytest.approx(float(values.mean()), abs=1e-6)
    assert found["parzen_stderr"] == pytest.approx(float(values.std()) / len(values) ** 0.5)


def test_widths_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="low is 2.0, above high"):
        Parzen(low=2.0)(small.one(data=digits_set(), **GAN))
