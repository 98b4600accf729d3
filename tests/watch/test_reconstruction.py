"""Rows that come back through the model."""

import pytest
import torch

import harmonium as hm
from harmonium.data import Split
from harmonium.models import adapted
from harmonium.random import generator, seeded
from harmonium.sampling import mean_field
from harmonium.watch import ReconstructionWatch

X = (torch.rand(23, 6, generator=generator(0)) > 0.5).float()


@torch.no_grad()
def test_the_error_of_an_rbm_by_hand():
    with seeded(0):
        graph = hm.rbm(6, 4, std=1.0)
    weight, (b, c) = graph.connections["v-h"].weight, (graph.units[n].bias for n in "vh")
    h = torch.sigmoid(X @ weight.T + c)
    again = torch.sigmoid(h @ weight + b)
    watch = ReconstructionWatch(adapted(graph), Split(X))
    found = watch.measure(1)["rbm/reconstruction"]
    assert found == pytest.approx(float((again - X).square().mean()), rel=1e-5)
    shown = watch.snapshot()
    torch.testing.assert_close(shown["reconstructions"], again)
    torch.testing.assert_close(shown["hidden"], h)


@torch.no_grad()
def test_a_deep_machine_is_seen_through_its_mean_field():
    with seeded(0):
        graph = hm.dbm(6, 5, 4, std=0.5)
    data = mean_field(graph, {"v": X}, tolerance=1e-6, cap=50)
    again = graph.units["v"].mean(graph.field("v", {"h1": data.moments(graph, "h1")[0]}))
    found = ReconstructionWatch(adapted(graph), Split(X)).measure(1)["rbm/reconstruction"]
    assert found == pytest.approx(float((again - X).square().mean()), rel=1e-5)


@torch.no_grad()
def test_a_stack_is_seen_through_all_its_layers():
    with seeded(0):
        net = hm.belief_net(6, 5, 4, std=1.0)
    *_, top = net.recognise(X)
    first, second = net.graphs
    h = second.units["v"].mean(second.field("v", {"h": top}))
    again = first.units["v"].mean(first.field("v", {"h": h}))
    watch = ReconstructionWatch(adapted(net), Split(X), name="net", shown=False)
    found = watch.measure(1)["net/reconstruction"]
    assert found == pytest.approx(float((again - X).square().mean()), rel=1e-5)
    assert [*watch.snapshot()] == ["hidden"]
