"""Densities beside a Gaussian machine: their log-likelihoods, with the machine's lower limits."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal, norm

from harmonium.baselines.factor_analysis import FactorAnalysis
from harmonium.baselines.gaussian_mixture import GaussianMixture
from harmonium.baselines.independent_gaussians import IndependentGaussians
from harmonium.data import DataSet, Split
from harmonium.learning import least_variance
from tests.stages import small


def rows(n, seed):
    """Two factors in six columns, and a column that never changes in training."""
    r = np.random.default_rng(seed)
    loads = np.random.default_rng(9).normal(size=(2, 6))
    x = r.normal(size=(n, 2)) @ loads + 0.3 * r.normal(size=(n, 6))
    return torch.tensor(np.hstack([x, np.zeros((n, 1))]), dtype=torch.float32)


@pytest.fixture(scope="module")
def trial():
    data = DataSet("factors", Split(rows(400, 0)), test=Split(rows(200, 1)))
    machine = {"type": "rbm", "visible": {"type": "gaussian", "shape": 7}, "hidden": 3}
    stage = {"type": "energy", "epochs": 1}
    return small.one(data=data, model=machine, pretrain=None, train=stage, fine_tune=None)


def columns(trial):
    x, t = (s.x.double().numpy() for s in (trial.data.train, trial.data.test))
    return x, t, least_variance(trial.data.train.x).numpy()


def test_independent_gaussians_are_a_product(trial):
    x, t, least = columns(trial)
    scale = np.sqrt(np.maximum(x.var(0), least))
    wanted = norm(x.mean(0), scale).logpdf(t).sum(1).mean()
    found = IndependentGaussians()(trial)
    assert found["log_likelihood"] == pytest.approx(wanted, abs=1e-3)
    assert "settings" not in found


def test_factor_analysis_is_the_gaussian_that_made_the_rows(trial):
    x, t, least = columns(trial)
    loads = np.zeros((7, 2))
    loads[:6] = np.random.default_rng(9).normal(size=(2, 6)).T
    truth = loads @ loads.T + np.diag([0.09] * 6 + [least[-1]])
    wanted = multivariate_normal(np.zeros(7), truth).logpdf(t).mean()
    found = FactorAnalysis(components=2)(trial)
    assert found["log_likelihood"] == pytest.approx(wanted, abs=0.15)
    assert found["log_likelihood"] > IndependentGaussians()(trial)["log_likelihood"] + 3
    assert FactorAnalysis()(trial)["settings"] == {"components": 3}


def test_a_mixture_has_as_many_parameters_as_the_machine(trial):
    found = GaussianMixture()(trial)
    assert found["settings"] == {"components": round((3 * 7 + 14 + 3) / 15)}
    assert found["log_likelihood"] > IndependentGaussians()(trial)["log_likelihood"]
