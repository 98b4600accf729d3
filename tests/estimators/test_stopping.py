"""What early stopping watches agrees with its definition."""

import numpy as np
import pytest
import torch
from torch.nn.functional import nll_loss

from harmonium import RBM, ClassificationRBM, exact
from harmonium.estimators.stopping import ErrorWatch, LikelihoodWatch

X = (np.random.default_rng(0).random((40, 5)) < 0.4).astype(float)
Y = X[:, 0].astype(int)


def test_the_likelihood_is_the_weighted_mean():
    rbm = RBM(3, n_epochs=2, random_state=0).fit(X)
    x, weights = torch.from_numpy(X), torch.arange(40.0).double()
    watch = LikelihoodWatch(rbm.graph_, x, weights=weights, base=rbm._base, seed=0)
    log_p = exact.log_prob(rbm.graph_, {"v": x})
    expected = float((log_p * weights).sum() / weights.sum())
    assert watch.measure(1) == {"val/log_likelihood": pytest.approx(expected, abs=1e-9)}
    assert abs(float(log_p.mean()) - expected) > 1e-3


def test_error_and_loss_are_those_of_the_class_probabilities():
    model = ClassificationRBM(3, n_epochs=2, random_state=0).fit(X, Y)
    x, y = torch.from_numpy(X), torch.from_numpy(Y)
    found = ErrorWatch(model.graph_, x, coded=torch.eye(2).double()[y]).measure(1)
    both = torch.eye(2).double().repeat_interleave(len(x), 0)
    with torch.no_grad():
        log_p = model.graph_.free_energy({"v": x.repeat(2, 1), "y": both}, ("h",)).neg()
    log_p = log_p.reshape(2, -1).T.log_softmax(1)
    assert found["val/error"] == pytest.approx(float((log_p.argmax(1) != y).double().mean()))
    assert found["val/loss"] == pytest.approx(float(nll_loss(log_p, y)))
    assert 1 - found["val/error"] == pytest.approx(model.score(X, Y))
