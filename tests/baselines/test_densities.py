"""Densities beside a Gaussian machine have the machine's lower limits of variances."""

import numpy as np
import pytest
import torch
from sklearn.mixture import GaussianMixture

from harmonium.baselines.densities import scored
from harmonium.data import DataSet, Split
from harmonium.learning import least_variance
from tests.stages import small


def rows(n, seed):
    """Two factors in six columns, and a column that never changes in training."""
    r = np.random.default_rng(seed)
    loads = np.random.default_rng(9).normal(size=(2, 6))
    x = r.normal(size=(n, 2)) @ loads + 0.3 * r.normal(size=(n, 6))
    return torch.tensor(np.hstack([x, np.zeros((n, 1))]), dtype=torch.float32)


def made():
    """A trial of a Gaussian RBM with three hidden units on such rows."""
    data = DataSet("factors", Split(rows(400, 0)), test=Split(rows(200, 1)))
    machine = {"type": "rbm", "visible": {"type": "gaussian", "shape": 7}, "hidden": 3}
    stage = {"type": "energy", "epochs": 1}
    return small.one(data=data, model=machine, pretrain=None, train=stage, fine_tune=None)


def columns(trial):
    """Training rows, test rows and least variances."""
    x, t = (s.x.double().numpy() for s in (trial.data.train, trial.data.test))
    return x, t, least_variance(trial.data.train.x).numpy()


def test_rows_are_scored_by_what_the_fit_returns():
    trial = made()
    x, t, least = columns(trial)
    seen = []

    def fit(rows, limits):
        seen.extend([rows, limits])
        return GaussianMixture(1, covariance_type="diag").fit(rows)

    found = scored(trial, fit)
    np.testing.assert_allclose(seen[0], x)
    np.testing.assert_allclose(seen[1], least)
    each = GaussianMixture(1, covariance_type="diag").fit(x).score_samples(t)
    assert found["log_likelihood"] == pytest.approx(each.mean())
    assert found["test_stderr"] == pytest.approx(each.std(ddof=1) / len(t) ** 0.5)
