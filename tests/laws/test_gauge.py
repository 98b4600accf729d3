"""Law: the gauge changes no probability, on any graph; moving weights alone would."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.connections import Dense
from harmonium.connections.matrix import matrix
from harmonium.graph import EnergyGraph
from harmonium.learning import zero_sum
from harmonium.machines import rbm
from harmonium.units import Categorical, Gaussian
from tests.laws.registry import GRAPHS, UNITS
from tests.laws.specimens import Affine, fields, random_state, randomised


def _pair(visible, hidden, *, seed, wire=Dense):
    def build():
        v, h = visible(), hidden()
        graph = EnergyGraph({"v": v, "h": h}, {("v", "h"): wire(v.shape, h.shape)})
        return randomised(graph, seed, std=0.8)

    return build


MACHINES = {name: make for name, make in GRAPHS.items() if isinstance(make(), EnergyGraph)}
MACHINES |= {
    "potts-potts": _pair(lambda: Categorical(2, 3), lambda: Categorical(2, 4), seed=1),
    "potts-gaussian": _pair(lambda: Categorical(3, 3), lambda: Gaussian(2), seed=2),
    "potts-affine": _pair(lambda: Categorical(2, 3), lambda: Categorical(4), seed=3, wire=Affine),
}
everyone = pytest.mark.parametrize("name", MACHINES)


def log_probs(graph, state):
    """Of some states, jointly and group by group, enumerated."""
    pieces = [state, *({name: x} for name, x in state.items())]
    listed = [p for p in pieces if _countable(graph, p)]
    return torch.stack([exact.log_prob(graph, p) for p in listed])


def _countable(graph, state):
    free = tuple(n for n in graph.units if n not in state)
    return free in graph.summable() or all(graph.units[n].count() for n in free)


@everyone
def test_no_probability_changes(name):
    graph = MACHINES[name]()
    state = random_state(graph, seed=5)
    before, log_z = log_probs(graph, state), exact.log_partition(graph)
    rise = zero_sum(graph)
    assert_close(log_probs(graph, state), before, rtol=0, atol=1e-9)
    assert_close(exact.log_partition(graph), log_z - rise, rtol=0, atol=1e-9)


@everyone
def test_what_is_left_tells_states_apart(name):
    graph = MACHINES[name]()
    zero_sum(graph)
    for e in graph.edges:
        rows = matrix(e.connection).mT.unflatten(1, e.connection.target)
        assert_close(graph.units[e.target].telling(rows), rows)
        columns = matrix(e.connection).unflatten(1, e.connection.source)
        assert_close(graph.units[e.source].telling(columns), columns)
    for units in graph.units.values():
        assert_close(units.telling(units.bias), units.bias)


@everyone
def test_twice_is_once(name):
    graph = MACHINES[name]()
    zero_sum(graph)
    once = {key: value.clone() for key, value in graph.state_dict().items()}
    assert abs(float(zero_sum(graph))) < 1e-9
    assert_close(dict(graph.state_dict()), once)


@pytest.mark.parametrize("name", UNITS)
def test_what_a_family_leaves_out_is_the_same_for_every_state(name):
    units = UNITS[name]()
    f = fields(units, seed=3)
    told = units.telling(f)
    assert_close(units.telling(told), told)
    rest = (f - told).flatten(1)
    g = fields(units, seed=4)
    assert_close((rest * units.telling(g).flatten(1)).sum(1), torch.zeros(len(f)).double())
    if units.context is None and units.count() is not None:
        offset = rest @ units.states().flatten(1).mT
        assert_close(offset, offset[:, :1].expand_as(offset))


# --- the law can fail --------------------------------------------------------------------------


def test_weights_without_their_fields_are_caught():
    graph = randomised(rbm(Categorical(2, 3), 3), 4, std=0.8)
    state = random_state(graph, seed=5)
    before = log_probs(graph, state)
    with torch.no_grad():
        weight = graph.edges[0].connection.weight
        sites = weight.unflatten(1, (2, 3))
        weight.copy_((sites - sites.mean(-1, True)).flatten(1))
    assert (log_probs(graph, state) - before).abs().max() > 1e-3
