"""The gap of free energies, by hand."""

import pytest
import torch

import harmonium as hm
from harmonium.learning import copies, doubled
from harmonium.models import adapted
from harmonium.random import generator, seeded
from harmonium.watch import FreeEnergyWatch

X = (torch.rand(23, 6, generator=generator(0)) > 0.5).float()


@torch.no_grad()
def test_validation_rows_less_training_rows():
    with seeded(0):
        graph = hm.rbm(6, 4, std=1.0)
    weight, (b, c) = graph.connections["v-h"].weight, (graph.units[n].bias for n in "vh")
    free = [
        float((-x @ b - torch.nn.functional.softplus(x @ weight.T + c).sum(1)).mean())
        for x in (X[:9], X)
    ]
    found = FreeEnergyWatch(adapted(graph), X, validation=X[:9]).measure(1)
    assert found["rbm/free_energy_gap"] == pytest.approx(free[0] - free[1], abs=1e-5)


@torch.no_grad()
def test_a_doubled_layer_sees_its_rows_twice():
    with seeded(0):
        layer = doubled(hm.dbm(6, 5, 4, std=0.5))[0]
    free = [float(layer.free_energy(copies(layer, x), ("h",)).detach().mean()) for x in (X[:9], X)]
    found = FreeEnergyWatch(adapted(layer), X, validation=X[:9]).measure(1)
    assert found["rbm/free_energy_gap"] == pytest.approx(free[0] - free[1], abs=1e-5)
