"""Independent Gaussians: a product over columns."""

import numpy as np
import pytest
from scipy.stats import norm

from harmonium.baselines.independent_gaussians import IndependentGaussians
from tests.baselines.test_densities import columns, made


def test_independent_gaussians_are_a_product():
    trial = made()
    x, t, least = columns(trial)
    scale = np.sqrt(np.maximum(x.var(0), least))
    wanted = norm(x.mean(0), scale).logpdf(t).sum(1).mean()
    found = IndependentGaussians()(trial)
    assert found["log_likelihood"] == pytest.approx(wanted, abs=1e-3)
    assert "settings" not in found
