"""Findings of a net: each is caused, and a net that learns has none."""

import dataclasses

import pytest
import torch

from harmonium.learning.flow import flow
from harmonium.learning.net_findings import NetLimits, net_findings
from harmonium.learning.objectives import cross_entropy
from harmonium.nets import MLP
from harmonium.random import generator, seeded

ROWS = 200


def measured(activation, std=None, *, bias=0.0, lr=0.1):
    """A new net of five hidden layers on random rows, and its weights, N(0, std^2)."""
    with seeded(0):
        net = MLP([50, 40, 40, 40, 40, 40, 5], activation=activation).double()
    source = generator(1)
    with torch.no_grad():
        for p in net.parameters():
            if std is not None and p.ndim > 1:
                p.copy_(std * torch.randn(p.shape, generator=source, dtype=p.dtype))
            if p.ndim == 1:
                p.fill_(bias)
    x = torch.rand(ROWS, 50, generator=source, dtype=torch.float64)
    batch = {"x": x, "y": torch.randint(5, (ROWS,), generator=source)}
    optimiser = torch.optim.SGD(net.parameters(), lr=lr)
    return flow(net, batch, objective=cross_entropy, optimiser=optimiser)


def kinds(made, **settings):
    return [finding.kind for finding in net_findings(made, **settings)]


@pytest.mark.parametrize("name", ["relu", "tanh", "leaky_relu", "elu", "gelu", "logistic"])
def test_a_new_net_with_suitable_weights_has_no_finding(name):
    assert kinds(measured(name)) == []


@pytest.mark.parametrize(
    ("activation", "std", "kind"),
    [
        ("logistic", 0.1, "vanishing gradient"),
        ("logistic", 0.01, "vanishing gradient"),
        ("tanh", 3.0, "exploding gradient"),
        ("relu", 1.0, "large updates"),
        ("relu", 0.01, "no movement"),
        ("tanh", 3.0, "saturated units"),
    ],
)
def test_weights_that_cause_a_problem(activation, std, kind):
    assert kind in kinds(measured(activation, std))


def test_dead_units_are_counted_in_words():
    (finding,) = (f for f in net_findings(measured("relu", bias=-9.0)) if f.kind == "dead units")
    assert "h1 40 of 40, h2 40 of 40" in finding.found
    assert "leaky_relu" in finding.remedy
    assert "dead units" not in kinds(measured("leaky_relu", bias=-9.0))


def test_a_loss_at_chance_counts_after_some_updates():
    made = measured("logistic", 0.1)
    assert made.loss > 0.95 * made.constant
    limit = NetLimits().updates
    assert "loss at chance" not in kinds(made, updates=limit - 1)
    assert "loss at chance" in kinds(made, updates=limit)


def test_a_net_that_has_learned_is_not_blamed():
    made = dataclasses.replace(measured("logistic", 0.1), loss=0.01)
    assert kinds(made, updates=1000) == []
    assert kinds(made) == ["vanishing gradient"]


def test_numbers_that_are_not_finite_come_alone():
    made = measured("relu")
    layers = (dataclasses.replace(made.layers[0], gradient=float("nan")), *made.layers[1:])
    assert kinds(dataclasses.replace(made, layers=layers)) == ["not finite"]
    assert kinds(dataclasses.replace(made, loss=float("inf"))) == ["not finite"]


def test_a_new_output_layer_of_zeros_is_no_problem():
    made = measured("relu")
    first = dataclasses.replace(made.layers[0], gradient=0.0, ratio=0.0)
    last = dataclasses.replace(made.layers[-1], weight=0.0)
    layers = (first, *made.layers[1:-1], last)
    assert kinds(dataclasses.replace(made, layers=layers)) == []


def test_every_finding_has_its_meaning_and_remedy():
    made = [measured("tanh", 3.0), measured("relu", bias=-9.0), measured("logistic", 0.1)]
    findings = [f for one in made for f in net_findings(one, updates=1000)]
    assert len(findings) >= 4
    for finding in findings:
        assert finding.found
        assert finding.means
        assert finding.remedy


def through_time(radius):
    """A new simple recurrent net whose recurrent weights have a spectral radius."""
    from harmonium.learning.objectives import NextToken
    from harmonium.learning.through_time import spectral_radius
    from harmonium.nets import LanguageNet
    from harmonium.nets.recurrent import RNN

    with seeded(0):
        net = LanguageNet(6, RNN(4, 12)).double()
    with torch.no_grad():
        net.embedding.weight.mul_(1e-9)  # at rest, where no unit is saturated
        for name, p in net.recurrent.named_parameters():
            if "bias" in name:
                p.zero_()
        weight = net.recurrent.recurrent_weight
        weight.mul_(radius / spectral_radius(weight))
    x = torch.randint(6, (ROWS, 21), generator=generator(1))
    return flow(net, {"x": x}, objective=NextToken())


def test_recurrent_nets_of_other_radii_than_one():
    assert "exploding gradient through time" in kinds(through_time(1.5))
    assert "vanishing gradient through time" in kinds(through_time(0.4))
    found = kinds(through_time(1.0))
    assert not any("through time" in kind for kind in found)
