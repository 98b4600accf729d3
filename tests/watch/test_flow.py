"""The watch of gradients: its figures are those of ``flow``, and looking changes nothing."""

import copy

import pytest
import torch

from harmonium.data import Examples
from harmonium.learning import Descent, cross_entropy
from harmonium.learning.flow import flow
from harmonium.nets import MLP
from harmonium.random import generator, seeded
from harmonium.watch import FlowWatch
from harmonium.watch.flow import ROWS


def toy(rows=60, std=None):
    with seeded(0):
        net = MLP([6, 8, 8, 3], activation="logistic").double()
    if std is not None:
        with torch.no_grad():
            for p in net.parameters():
                p.mul_(std)
    x = torch.randn(rows, 6, generator=generator(0), dtype=torch.float64)
    y = torch.randint(3, (rows,), generator=generator(1))
    optimiser = torch.optim.SGD(net.parameters(), lr=0.1)
    watch = FlowWatch(net, cross_entropy, rows=Examples({"x": x, "y": y}), optimiser=optimiser)
    return net, optimiser, watch, {"x": x, "y": y}


def test_the_figures_are_those_of_a_flow():
    net, _, watch, batch = toy()
    made, row = flow(net, batch, objective=cross_entropy), watch.measure(1)
    for layer in made.layers:
        assert row[f"gradient/{layer.name}"] == pytest.approx(layer.gradient)
    assert row["flow/gradient_ratio"] == pytest.approx(made.ratio)
    assert row["flow/dead_units"] == 0
    assert row["flow/active_share"] == 1
    assert 0 <= row["flow/saturated_share"] < 1


def test_it_looks_after_some_of_the_epochs():
    _, _, watch, _ = toy()
    looked = [epoch for epoch in range(1, 121) if watch.measure(epoch)]
    assert looked == [1, 2, 5, 10, 20, 50, 100]


def test_looking_changes_no_update():
    def trained(look):
        net, optimiser, watch, batch = toy()
        learner = Descent(net, optimiser, cross_entropy)
        for epoch in range(1, 4):
            learner.step(batch)
            if look:
                watch.measure(epoch)
                watch.notice(epoch, updates=epoch)
        return net.state_dict()

    one, two = trained(look=True), trained(look=False)
    assert all(torch.equal(x, two[name]) for name, x in one.items())


def test_at_most_some_rows_are_measured_evenly_spaced():
    _, _, watch, batch = toy(rows=2 * ROWS)
    assert torch.equal(watch.batch["x"], batch["x"][::2])


def test_findings_are_noticed_with_the_figures():
    net, _, watch, _ = toy(std=0.01)
    before = copy.deepcopy(net.state_dict())
    row = watch.notice(3, updates=500)
    assert {"vanishing gradient", "loss at chance"} <= {f["kind"] for f in row["findings"]}
    assert row["flow/gradient_ratio"] < 1e-2
    assert all(torch.equal(x, before[name]) for name, x in net.state_dict().items())
    assert toy()[2].notice(1, updates=1)["findings"] == []
