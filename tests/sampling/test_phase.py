import pytest
import torch
from torch.testing import assert_close

from harmonium.sampling import Phase, fresh, sweep, uniform_weights
from tests.laws.registry import GRAPHS
from tests.laws.specimens import random_state


def test_uniform_weights_sum_to_one():
    weights = uniform_weights(8, torch.zeros(1, dtype=torch.float64))
    assert weights.dtype == torch.float64
    assert weights.tolist() == [0.125] * 8


def test_a_group_with_a_field_gives_its_expectation():
    graph = GRAPHS["rbm-gaussian"]()
    state = random_state(graph)
    field = graph.field("v", state)
    phase = Phase(state, {"v": field}, uniform_weights(4, field))
    assert_close(phase.moments(graph, "v"), graph.units["v"].moments(field))
    assert_close(phase.moments(graph, "h"), (state["h"],))
    without = Phase(state, {}, phase.weights)
    assert_close(without.moments(graph, "v"), (state["v"], -state["v"].square() / 2))


@pytest.mark.parametrize(
    ("name", "hold", "expected"),
    [
        ("rbm", {}, {"h"}),
        ("rbm", {"v": True}, {"h"}),
        ("rbm", {"h": True}, {"v"}),
        ("rbm", {"h": False}, {"h"}),
        ("deep", {}, {"h2"}),
        ("deep", {"h1": True}, {"v", "h2"}),
        ("deep", {"h2": True}, {"h1"}),
        ("deeper", {}, {"h3"}),
        ("triangle", {}, {"c"}),
        ("triangle", {"c": True}, {"b"}),
        ("stranger", {}, {"alone", "h"}),
        ("boltzmann", {}, set()),
        ("semi-restricted", {}, {"h"}),
    ],
)
def test_only_fields_whose_neighbours_stood_still_are_fresh(name, hold, expected):
    graph = GRAPHS[name]()
    moved, fields = sweep(graph, random_state(graph), hold=hold)
    still = fresh(graph, fields, hold=hold)
    assert set(still) == expected
    for n, field in still.items():
        assert_close(field, graph.field(n, moved).detach())


def test_a_group_held_in_part_has_moved():
    graph = GRAPHS["rbm"]()
    hold = {"h": torch.tensor([True, False, False])}
    _, fields = sweep(graph, random_state(graph), hold=hold)
    assert set(fields) == {"v"}
    assert fresh(graph, fields, hold=hold) == {}
