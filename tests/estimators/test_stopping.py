"""What early stopping watches, when it stops, and which parameters come back."""

import numpy as np
import pytest
import torch

from harmonium import RBM, ClassificationRBM
from harmonium.estimators.stopping import BestError, BestLikelihood

X = (np.random.default_rng(0).random((40, 5)) < 0.4).astype(float)
Y = X[:, 0].astype(int)


def watchers():
    x = torch.from_numpy(X)
    rbm = RBM(3, n_epochs=2, patience=2, random_state=0).fit(X)
    classifier = ClassificationRBM(3, n_epochs=2, patience=2, random_state=0).fit(X, Y)
    return {
        "likelihood": BestLikelihood(rbm, x, weights=torch.ones(40).double()),
        "error": BestError(classifier, x, coded=torch.eye(2).double()[torch.from_numpy(Y)]),
    }


@pytest.mark.parametrize("name", ["likelihood", "error"])
def test_the_best_parameters_come_back_and_patience_ends(name):
    watch = watchers()[name]
    graph = watch.model.graph_
    assert watch(1) is False
    good = {n: p.clone() for n, p in graph.state_dict().items()}
    with torch.no_grad():
        for p in graph.parameters():
            p.copy_(3 * torch.sin(torch.arange(p.numel(), dtype=p.dtype).reshape(p.shape)))
    assert [watch(2), watch(3)] == [False, True]
    watch.restore()
    assert all(torch.equal(p, good[n]) for n, p in graph.state_dict().items())
