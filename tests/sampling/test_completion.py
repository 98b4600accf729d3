"""Mean-field inference with single units held."""

import torch
from torch.testing import assert_close

from harmonium import exact, rbm
from harmonium.machines import multimodal_dbm
from harmonium.random import generator
from harmonium.sampling import averaged, beginning, completed, mean_field
from tests.laws.specimens import randomised


def test_with_whole_groups_held_it_is_mean_field():
    graph = randomised(multimodal_dbm({"a": [4, 3], "b": [3]}, 2), 3, std=0.5).double()
    seen = {"a": (torch.rand(6, 4) < 0.5).double()}
    state = completed(graph, seen, hold={"a": True}, rows=6, tolerance=1e-12)
    data = mean_field(graph, seen, tolerance=1e-12, cap=500)
    for name in graph.units:
        assert_close(state[name], data.moments(graph, name)[0], atol=1e-9, rtol=0)


def test_weak_weights_give_the_enumerated_expectations_given_single_units():
    graph = randomised(rbm(5, 3), 4, std=0.1).double()
    known = torch.tensor([True, True, False, False, False])
    x = torch.tensor([[1.0, 0.0, 0.5, 0.5, 0.5]]).double()
    state = completed(graph, {"v": x}, hold={"v": known}, rows=1, tolerance=1e-12)
    whole = graph.units["v"].states()
    log_p = exact.log_prob(graph, {"v": whole})
    fits = (whole[:, 0] == 1) & (whole[:, 1] == 0)
    p = log_p[fits].softmax(0)
    expected = p @ whole[fits]
    assert state["v"][0, :2].tolist() == [1.0, 0.0]
    assert_close(state["v"][0], expected, atol=2e-4, rtol=0)
    free = completed(graph, {"v": x}, hold={}, rows=1, tolerance=1e-12)  # a specimen
    assert float((free["v"][0] - expected).abs().max()) > 0.1


def test_where_the_means_begin_decides_between_solutions():
    """Two strongly coupled groups, with all units on or all off."""
    graph = rbm(3, 3).double()
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(8.0)
        for units in graph.units.values():
            units.bias.fill_(-12.0)
    for level in (0.0, 1.0):
        begin = {name: torch.full((3,), level).double() for name in graph.units}
        state = completed(graph, {}, hold={}, rows=2, begin=begin)
        assert_close(state["v"], torch.full((2, 3), level).double(), atol=1e-3, rtol=0)
    held = {"v": torch.tensor([[1.0, 0.0, 0.0]]).double()}
    known = torch.tensor([True, False, False])
    state = completed(graph, held, hold={"v": known}, rows=1, begin=begin)
    assert float(state["v"][0, 0]) == 1.0


def test_chains_begin_with_what_the_known_values_say():
    """The hidden unit follows the known bit; the free one starts at its mean and stays there."""
    graph = multimodal_dbm({"a": [1], "b": [1]}, 1, std=0.0)
    with torch.no_grad():
        for name in ("a", "b"):
            graph.connections[f"{name}-joint"].weight.fill_(20.0)
            graph.units[name].bias.fill_(-10.0)
        graph.units["joint"].bias.fill_(-20.0)
    known = torch.tensor([[0.0], [1.0]]).repeat(50, 1)
    first = beginning(graph, {"a": known, "b": torch.full_like(known, 0.5)}, source=generator(0))
    assert torch.equal(first["joint"], known)
    assert bool((first["b"] == 0.5).all())
    found = averaged(graph, first, hold={"a": True}, sweeps=4, source=generator(0))
    assert bool(((found["b"] > 0.5) == (known > 0.5)).all())
