"""The training of the estimators of nets: held-out rows, the two kinds of updates, penalties."""

import numpy as np
import pytest
import torch

from harmonium import MLPClassifier, MLPRegressor
from harmonium.estimators.mlp_training import _Penalised
from harmonium.learning import Descent, cross_entropy
from harmonium.learning.fused_backward import FusedDescent
from harmonium.nets import MLP
from harmonium.random import generator, seeded

RNG = np.random.default_rng(0)
X = RNG.random((60, 5))
Y = X[:, 0] + X[:, 1] > 1


@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
def test_early_stopping_keeps_the_parameters_of_the_best_pass(kind):
    settings = {"learning_rate_init": 0.05, "batch_size": 10, "random_state": 0}
    model = kind(
        (20,), early_stopping=True, validation_fraction=0.3, n_iter_no_change=3, **settings
    )
    y = RNG.permutation(Y)
    model.fit(X, y if kind is MLPClassifier else y.astype(float))  # only noise is learned
    scores = model.validation_scores_
    assert len(scores) == model.n_iter_ == len(model.loss_curve_)
    assert model.best_validation_score_ == max(scores)
    assert model.best_loss_ is None
    assert model.n_iter_ < 200


def test_a_class_is_held_out_in_proportion():
    model = MLPClassifier(validation_fraction=0.25, early_stopping=True)
    model._seed = 0
    columns = {"x": torch.arange(40.0)[:, None], "y": torch.arange(40) // 8 % 2}
    learned, held = model._parted(columns)
    assert len(held["x"]) == 10
    assert held["y"].bincount().tolist() == [6, 4]
    together = torch.cat([learned["x"], held["x"]]).flatten().tolist()
    assert sorted(together) == list(range(40))


def test_one_row_cannot_be_held_out():
    with pytest.raises(ValueError, match="early stopping needs two rows"):
        MLPRegressor((2,), early_stopping=True, max_iter=1).fit([[1.0]], [1.0])


def test_a_net_that_diverges_is_refused():
    with pytest.raises(FloatingPointError, match="learning diverged: .* lower the learning rate"):
        MLPRegressor((5,), learning_rate_init=1e30, max_iter=50).fit(X, Y.astype(float))


def test_the_history_has_a_row_for_each_pass():
    model = MLPClassifier((5,), max_iter=4, early_stopping=True, random_state=0).fit(X, Y)
    assert [row["epoch"] for row in model.history_] == [1, 2, 3, 4]
    assert [row["train/loss"] for row in model.history_] == model.loss_curve_
    assert [row["val/accuracy"] for row in model.history_] == model.validation_scores_


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, FusedDescent),
        ({"activation": "softsign", "max_norm": 1.0}, FusedDescent),
        ({"activation": "gelu"}, Descent),
        ({"dropout": 0.1}, Descent),
    ],
)
def test_updates_are_in_closed_form_where_the_net_allows_it(settings, expected):
    model = MLPClassifier((5,), max_iter=1, random_state=0, **settings).fit(X, Y)
    assert type(model._learner()) is expected


def test_both_kinds_of_updates_learn_the_same(monkeypatch):
    settings = {"hidden_layer_sizes": (8, 6), "max_iter": 5, "alpha": 0.1, "random_state": 0}
    for kind, y in ((MLPClassifier, Y), (MLPRegressor, X[:, :2] * [1.0, 50.0])):
        closed = kind(**settings).fit(X, y)
        with monkeypatch.context() as patched:
            patched.setattr(
                "harmonium.estimators.mlp_training.is_fusible", lambda net, objective: False
            )
            by_autograd = kind(**settings).fit(X, y)
        np.testing.assert_allclose(closed.coefs_[0], by_autograd.coefs_[0], rtol=0, atol=1e-9)
        np.testing.assert_allclose(closed.loss_curve_, by_autograd.loss_curve_, rtol=1e-6)


def test_the_penalty_has_scikit_learns_gradient():
    """alpha W / n, with n the sum of the weights of the rows; biases are free."""
    with seeded(0):
        net = MLP([3, 4, 2]).double()
    batch = {
        "x": torch.rand(5, 3, generator=generator(0), dtype=torch.float64),
        "y": torch.arange(5) % 2,
        "weights": torch.arange(1.0, 6.0, dtype=torch.float64),
    }
    grads = []
    for objective in (cross_entropy, _Penalised(cross_entropy, 0.7)):
        losses, weights = objective(net, batch), batch["weights"]
        loss = (losses * weights).sum() / weights.sum()
        grads.append(torch.autograd.grad(loss, [net.h1.weight, net.h1.bias]))
    (w, b), (penalised_w, penalised_b) = grads
    torch.testing.assert_close(penalised_w - w, 0.7 * net.h1.weight.detach() / 15)
    torch.testing.assert_close(penalised_b, b)
    with torch.no_grad():
        both = (cross_entropy(net, batch), _Penalised(cross_entropy, 0.7)(net, batch))
    assert torch.equal(*both)


def test_partial_fits_share_an_optimiser():
    model = MLPRegressor((2,), batch_size=15, random_state=0)
    for _ in range(2):
        model.partial_fit(X, X[:, 0])
    (state,) = model._optimiser.state.values()
    assert float(state["step"]) == 8
    assert model.t_ == 120


def test_a_second_fit_begins_anew():
    model = MLPRegressor((2,), max_iter=2, random_state=0)
    model.fit(X, X[:, 0]).fit(X, X[:, 0])
    assert [row["epoch"] for row in model.history_] == [1, 2]
    assert len(model.loss_curve_) == 2
    assert float(next(iter(model._optimiser.state.values()))["step"]) == 2
