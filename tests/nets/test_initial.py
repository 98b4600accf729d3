"""First weights: their spread, their rules, and the seed that they come from."""

import math

import pytest
import torch

from harmonium.nets import MLP
from harmonium.nets.activations import first_std
from harmonium.nets.initial import RULES, first_weights
from harmonium.random import initial, seeded

SHAPE = (300, 200)


def weights(rule, **settings):
    with seeded(0):
        return first_weights(*SHAPE, initial=rule, **settings)


@pytest.mark.parametrize(
    ("rule", "activation", "std"),
    [
        ("auto", "logistic", 4 * (2 / 500) ** 0.5),
        ("auto", "relu", (2 / 200) ** 0.5),
        ("glorot", "logistic", (2 / 500) ** 0.5),
        ("glorot", "relu", (2 / 500) ** 0.5),
        ("he", "tanh", (2 / 200) ** 0.5),
        (0.03, "tanh", 0.03),
        (2, "tanh", 2.0),
    ],
)
def test_the_spread_is_that_of_the_rule(rule, activation, std):
    w = weights(rule, activation=activation)
    assert float(w.std()) == pytest.approx(std, rel=0.01)
    assert abs(float(w.mean())) < 4 * std / math.sqrt(w.numel())


def test_auto_draws_the_weights_of_before():
    with seeded(0):
        before = initial(*SHAPE, std=first_std("tanh", 2.0, shape=SHAPE))
    assert torch.equal(weights("auto", activation="tanh", slope=2.0), before)


@pytest.mark.parametrize(("outputs", "inputs"), [(5, 9), (9, 5), (4, 4)])
def test_orthogonal_weights_keep_lengths(outputs, inputs):
    with seeded(1):
        w = first_weights(outputs, inputs, initial="orthogonal").double()
    gram = w @ w.mT if outputs <= inputs else w.mT @ w
    torch.testing.assert_close(gram, torch.eye(min(outputs, inputs)).double(), rtol=0, atol=1e-6)
    with seeded(1):
        rectified = first_weights(outputs, inputs, initial="orthogonal", activation="relu")
    torch.testing.assert_close(rectified.double(), 2**0.5 * w, rtol=0, atol=1e-6)


@pytest.mark.parametrize("rule", [*RULES, 0.1])
def test_a_net_takes_the_rule_and_keeps_it_in_its_settings(rule):
    made = []
    for seed in (0, 0, 1):
        with seeded(seed):
            made.append(MLP([6, 5, 3], initial=rule))
    one, same, other = made
    assert one.settings["initial"] == rule
    assert torch.equal(one.h1.weight, same.h1.weight)
    assert not torch.equal(one.h1.weight, other.h1.weight)
    assert not one.h1.bias.any()


def test_the_number_reaches_every_layer():
    with seeded(0):
        net = MLP([200, 300, 100], initial=0.1)
    for part in (net.h1, net.outputs):
        assert float(part.weight.detach().std()) == pytest.approx(0.1, rel=0.02)


@pytest.mark.parametrize("rule", ["lecun", 0, -1.0, True, math.inf, math.nan, None])
def test_what_is_no_rule_is_refused(rule):
    with pytest.raises((ValueError, TypeError), match="initial is .*'orthogonal' or a finite num"):
        MLP([3, 2], initial=rule)
    with pytest.raises(ValueError, match="initial is .*: give auto, glorot, he, orthogonal, or"):
        first_weights(3, 2, initial=rule)
