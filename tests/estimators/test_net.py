"""What the estimators of nets share: held-out rows, labels and weights."""

import numpy as np
import pytest
import torch

from harmonium import Autoencoder
from harmonium.estimators.net import _HeldOut, class_codes
from harmonium.learning import SquaredError
from harmonium.random import generator

RNG = np.random.default_rng(0)
X = RNG.random((60, 5))
Y = X[:, 0] + X[:, 1] > 1


def test_early_stopping_keeps_the_parameters_of_the_best_epoch():
    settings = {"n_epochs": 200, "learning_rate": 0.05, "batch_size": 10, "random_state": 0}
    model = Autoencoder(
        (20,), early_stopping=True, validation_fraction=0.3, patience=3, **settings
    )
    model.fit(RNG.random((60, 5)))  # only noise is learned
    scores = model.validation_scores_
    assert len(scores) == model.n_epochs_ == len(model.loss_curve_)
    best = int(np.argmax(scores))
    assert model.n_epochs_ in (200, best + 4)
    without = Autoencoder((20,), **settings).fit(X)
    assert without.validation_scores_ == []
    assert without.n_epochs_ == 200


def test_one_row_cannot_be_held_out():
    with pytest.raises(ValueError, match="early stopping needs two rows"):
        Autoencoder((2,), early_stopping=True, n_epochs=1).fit([[1.0]])


def test_codes_are_places_among_the_classes():
    classes = np.array(["a", "b", "c"])
    assert class_codes(np.array(["c", "a"]), classes).tolist() == [2, 0]
    with pytest.raises(ValueError, match=r"labels \['d'\] are none of the classes"):
        class_codes(np.array(["d"]), classes)
    with pytest.raises(ValueError, match="y has one class"):
        class_codes(np.array(["a"]), classes[:1])


def test_a_net_that_diverges_is_refused():
    with pytest.raises(FloatingPointError, match="learning diverged: .* lower the learning rate"):
        Autoencoder((5,), learning_rate=1e30, n_epochs=50).fit(X)


def test_the_history_has_a_row_for_each_epoch():
    model = Autoencoder((5,), outputs="values", n_epochs=4, early_stopping=True, random_state=0)
    model.fit(X)
    assert [row["epoch"] for row in model.history_] == [1, 2, 3, 4]
    assert [row["train/squared_error"] for row in model.history_] == model.loss_curve_
    assert [-row["val/squared_error"] for row in model.history_] == model.validation_scores_


def test_held_out_rows_are_not_learned_from():
    model = Autoencoder(validation_fraction=0.3)
    learned, held = model._parted({"x": torch.arange(10.0)}, generator(0))
    assert len(held["x"]) == 3
    assert sorted([*learned["x"].tolist(), *held["x"].tolist()]) == list(range(10))


def test_the_held_out_loss_is_weighted():
    held = {
        "x": torch.tensor([[0.0], [1.0], [2.0]]),
        "y": torch.tensor([[0.0], [1.0], [4.0]]),
        "weights": torch.tensor([3.0, 1.0, 1.0]),
    }
    watch = _HeldOut(torch.nn.Identity(), SquaredError(), held=held)
    assert watch.measure(1) == {"val/squared_error": pytest.approx(0.4)}  # 0, 0 and 2


def test_a_second_fit_begins_anew():
    model = Autoencoder((2,), n_epochs=2, random_state=0)
    model.fit(X).fit(X)
    assert [row["epoch"] for row in model.history_] == [1, 2]
    assert len(model.loss_curve_) == 2
