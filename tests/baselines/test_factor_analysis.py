"""Factor analysis, on rows from two factors."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from harmonium.baselines.factor_analysis import FactorAnalysis
from harmonium.baselines.independent_gaussians import IndependentGaussians
from tests.baselines.test_densities import columns, made


def test_factor_analysis_is_the_gaussian_that_made_the_rows():
    trial = made()
    x, t, least = columns(trial)
    loads = np.zeros((7, 2))
    loads[:6] = np.random.default_rng(9).normal(size=(2, 6)).T
    truth = loads @ loads.T + np.diag([0.09] * 6 + [least[-1]])
    wanted = multivariate_normal(np.zeros(7), truth).logpdf(t).mean()
    found = FactorAnalysis(components=2)(trial)
    assert found["log_likelihood"] == pytest.approx(wanted, abs=0.15)
    assert found["log_likelihood"] > IndependentGaussians()(trial)["log_likelihood"] + 3
    assert FactorAnalysis()(trial)["settings"] == {"components": 3}
