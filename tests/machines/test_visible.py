"""Which groups hold rows, and rows as values of these groups."""

import pytest
import torch

from harmonium import Bernoulli, Categorical, Dense, EnergyGraph, boltzmann, multimodal_dbm, rbm
from harmonium.machines.visible import (
    by_group,
    known_values,
    spans,
    visible,
    visible_groups,
    visible_state,
)


def machine():
    return multimodal_dbm({"picture": [Categorical(2, 3), 4], "words": [3]}, 2)


def test_the_visible_groups():
    assert visible_groups(rbm(3, 2)) == ("v",)
    assert visible_groups(boltzmann([4, 4], 2)) == ("v1", "v2")
    ring = EnergyGraph(
        {name: Bernoulli(2) for name in "abc"},
        {(a, b): Dense((2,), (2,)) for a, b in ("ab", "bc", "ac")},
    )
    with pytest.raises(ValueError, match="none is called 'v', and none has a single neighbour"):
        visible_groups(ring)


def test_rows_are_taken_apart_and_keep_their_order():
    graph = machine()
    groups = visible_groups(graph)
    assert spans(graph, groups) == {"picture": slice(0, 6), "words": slice(6, 9)}
    x = torch.arange(18.0).reshape(2, 9)
    state = visible_state(graph, x, groups=groups)
    assert state["picture"].shape == (2, 2, 3)
    assert torch.equal(torch.cat([s.flatten(1) for s in state.values()], 1), x)
    parts = by_group(graph, x, groups=groups)
    assert all(torch.equal(parts[name], state[name]) for name in groups)
    with pytest.raises(ValueError, match="9 visible units"):
        visible_state(graph, x[:, :8], groups=groups)
    with pytest.raises(ValueError, match="3 visible units"):
        visible(graph.units["words"], x)


def test_known_values_and_their_masks():
    graph = machine()
    groups = visible_groups(graph)
    x = torch.full((2, 9), torch.nan)
    assert known_values(graph, x, groups=groups) == ({}, {})
    x[0, 6], x[1, 8] = 1.0, 0.0
    seen, hold = known_values(graph, x, groups=groups)
    assert {*seen} == {*hold} == {"words"}
    assert hold["words"].tolist() == [[True, False, False], [False, False, True]]
    assert seen["words"].tolist() == [[1.0, 0.5, 0.5], [0.5, 0.5, 0.0]]
    x[0, 6] = 2.0
    with pytest.raises(ValueError, match="range"):
        known_values(graph, x, groups=groups)
