"""The size of the weights, and the filters that are kept."""

import pytest
import torch

import harmonium as hm
from harmonium.models import adapted
from harmonium.watch import WeightsWatch


def test_the_norm_is_that_of_all_connections():
    graph = hm.dbm(6, 5, 4, std=0.5)
    flat = torch.cat([p.detach().flatten() for p in graph.connections.parameters()])
    found = WeightsWatch(graph.connections, None).measure(1)
    assert found["weights/norm"] == pytest.approx(float(flat.norm()), rel=1e-5)
    assert WeightsWatch(None, None).measure(1) == {}


def test_a_snapshot_keeps_filters_of_the_lowest_layer():
    graph = hm.dbm(6, 5, 4, std=0.5)
    found = WeightsWatch(None, adapted(graph)).snapshot()
    assert torch.equal(found["filters"], graph.edges[0].connection.weight)
    wide = adapted(hm.rbm(3, 100))
    assert WeightsWatch(None, wide).snapshot()["filters"].shape == (64, 3)
    assert WeightsWatch(None, None).snapshot() == {}
