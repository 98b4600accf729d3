"""A batch that does not fit is refused before anything is changed."""

import numpy as np
import pytest
import torch

from harmonium import Gaussian, belief_net, classification_rbm, rbm
from harmonium.learning import (
    CD,
    L2,
    PCD,
    Descent,
    Discriminative,
    Learner,
    Listed,
    UpDown,
    cross_entropy,
    low_rank_start,
    positive,
    start_from,
)
from harmonium.learning.batch import check_batch
from harmonium.random import generator, seeded
from harmonium.sampling import correlations

X = (torch.rand(20, 6, generator=generator(0)) < 0.5).float()


def test_what_fits_passes():
    check_batch(rbm(6, 3), {"v": X})
    check_batch(rbm(6, 3), {"v": X, "h": torch.zeros(20, 3)})
    check_batch(rbm(Gaussian(2), 3), {"v": torch.full((3, 2), 3e38)})  # a sum beyond float32


WRONG = {
    "nan": ({"v": X * np.nan}, "not finite; leave such rows out"),
    "infinite": ({"v": X / 0}, "not finite"),
    "empty": ({"v": X[:0]}, "'v': the batch has no rows"),
    "nothing": ({}, "the batch has no groups"),
    "width": ({"v": X[:, :5]}, r"shape \(20, 5\)"),
    "name": ({"x": X}, "no group"),
    "double": ({"v": X.double()}, "float64"),
    "whole": ({"v": X.long()}, "int64"),
    "array": ({"v": X.numpy()}, "an ndarray of shape"),
    "one row": ({"v": X[0]}, r"shape \(6,\)"),
}


def learner(graph, **settings):
    return Learner(graph, torch.optim.SGD(graph.parameters(), lr=0.1), **settings)


LEARNERS = {
    "fused": lambda: learner(rbm(6, 3)),
    "readable": lambda: learner(rbm(6, 3), fused=False),
    "gaussian": lambda: learner(rbm(Gaussian(6), 3)),
    "discriminative": lambda: Discriminative(learner(classification_rbm(6, 3, classes=2))),
}


@pytest.mark.parametrize("make", LEARNERS.values(), ids=LEARNERS)
@pytest.mark.parametrize(("batch", "words"), WRONG.values(), ids=WRONG)
def test_an_update_refuses_it_and_changes_nothing(make, batch, words):
    update = make()
    graph = update.learner.graph if isinstance(update, Discriminative) else update.graph
    before = [p.clone() for p in graph.parameters()]
    with pytest.raises((TypeError, ValueError), match=words):
        update.step(batch)
    assert all(torch.equal(p, q) for p, q in zip(graph.parameters(), before, strict=True))


BAD = {
    "zero": torch.zeros(20),
    "negative": -torch.ones(20),
    "one negative": torch.ones(20).index_fill(0, torch.tensor([3]), -0.5),
    "nan": torch.full((20,), torch.nan),
    "infinite": torch.full((20,), torch.inf),
    "short": torch.ones(5),
    "two axes": torch.ones(20, 1),
    "a list": [1.0] * 20,
}


def weighted(weights):
    """Whatever takes weights of rows."""
    net = torch.nn.Linear(6, 2)
    labelled = Discriminative(learner(classification_rbm(6, 3, classes=2), inference=Listed()))
    y = torch.eye(2)[torch.arange(20) % 2]
    stack = belief_net(6, 4, 3).untie()
    updown = UpDown(stack.graphs, stack.upwards, torch.optim.SGD(stack.parameters(), lr=0.1))
    return {
        "fused": lambda: learner(rbm(6, 3)).step({"v": X}, weights=weights),
        "readable": lambda: learner(rbm(6, 3), fused=False).step({"v": X}, weights=weights),
        "discriminative": lambda: labelled.step({"v": X, "y": y}, weights=weights),
        "up-down": lambda: updown.step({"v": X}, weights=weights),
        "start_from": lambda: start_from(rbm(6, 3), {"v": X}, weights=weights),
        "low_rank_start": lambda: low_rank_start(rbm(6, 3), X, rank=1, weights=weights),
        "positive": lambda: positive(rbm(6, 3), {"v": X}, weights=weights),
        "first": lambda: correlations.first(X, weights=weights),
        "second": lambda: correlations.second(X, weights=weights),
        "compare": lambda: correlations.compare(X, X, weights=weights),
        "descent": lambda: Descent(
            net, torch.optim.SGD(net.parameters(), lr=0.1), cross_entropy
        ).step({"x": X, "y": torch.zeros(20, dtype=torch.long), "weights": weights}),
    }


@pytest.mark.parametrize("name", weighted(None))
@pytest.mark.parametrize("kind", BAD)
def test_weights_that_are_none_are_refused_by_all_who_take_some(name, kind):
    with pytest.raises((TypeError, ValueError), match="weights"):
        weighted(BAD[kind])[name]()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: CD(0), "CD: steps is 0"),
        (lambda: CD(-3), "CD: steps is -3"),
        (lambda: CD(1.5), "CD: steps is 1.5"),
        (lambda: PCD(chains=0), "PCD: chains is 0"),
        (lambda: CD(reconstruct="mean"), "reconstruct is 'mean'; a function"),
        (lambda: L2(-1.0), "L2: strength is -1"),
        (lambda: learner(rbm(6, 3), centring=2.0), "centring is 2; a number from 0 to 1"),
        (lambda: learner(rbm(6, 3), centring=float("nan")), "centring is nan"),
        (lambda: learner(rbm(6, 3), contrast=PCD), r"the class PCD \(make one: PCD\(...\)\)"),
        (lambda: learner(rbm(6, 3), contrast=5), "contrast is 5; a function is needed"),
        (lambda: learner(rbm(6, 3), source=5), "source is 5; a Generator"),
        (lambda: learner(rbm(6, 3), penalties=[5]), "in which each is a Penalty"),
        (lambda: Learner(rbm(6, 3), 5), "optimiser is 5; an Optimizer"),
    ],
)
def test_settings_of_learning_are_checked_when_they_are_made(make, words):
    with pytest.raises((TypeError, ValueError), match=words):
        make()


@pytest.mark.parametrize("state", [{}, 5, {"graph": 5}, "other"])
def test_a_state_of_something_else_is_refused_and_changes_nothing(state):
    with seeded(0):
        here, other = learner(rbm(6, 3)), learner(rbm(5, 3))
    before = [p.clone() for p in here.graph.parameters()]
    with pytest.raises(ValueError, match="no state of a learner of this machine"):
        here.load_state_dict(other.state_dict() if state == "other" else state)
    assert all(torch.equal(p, q) for p, q in zip(here.graph.parameters(), before, strict=True))
