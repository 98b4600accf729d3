"""Greedy pre-training: order, and what each machine is given."""

import pytest
import torch

from harmonium import Categorical, Gaussian, belief_net, rbm
from harmonium.learning import compose, copies, doubled, greedy, hidden_means
from harmonium.machines import boltzmann, dbm
from tests.laws.specimens import numbers, randomised


def test_hidden_means_are_the_conditional_expectations():
    graph = randomised(rbm(5, 3), 1)
    v = (numbers(7, 5, seed=2) > 0).double()
    expected = torch.sigmoid(v @ graph.connections["v-h"].weight.mT + graph.units["h"].bias)
    assert torch.allclose(hidden_means(graph, v), expected, rtol=0, atol=1e-12)


def test_hidden_means_in_pieces():
    graph = randomised(rbm(Gaussian(2, 2), Categorical(2, 3)), 3)
    v = numbers(7, 2, 2, seed=4)
    whole = hidden_means(graph, v)
    assert whole.shape == (7, 2, 3)
    for rows in (1, 3, 7):
        assert torch.allclose(hidden_means(graph, v, rows=rows), whole, rtol=0, atol=1e-12)
    assert not whole.requires_grad


def test_each_machine_learns_from_what_the_trained_one_below_makes():
    net = randomised(belief_net(5, 4, 3, 2), 5)
    data = (numbers(6, 5, seed=6) > 0).double()
    seen = []

    def train(graph, below):
        seen.append((graph, below.clone()))
        with torch.no_grad():  # training changes what the next one sees
            graph.units["h"].bias += 1.0

    top = greedy(net.graphs, data, train=train)
    assert [graph for graph, _ in seen] == net.graphs
    expected = data
    for graph, below in seen:
        assert torch.allclose(below, expected, rtol=0, atol=1e-12)
        field = expected @ graph.connections["v-h"].weight.mT + graph.units["h"].bias
        expected = torch.sigmoid(field).detach()
    assert torch.allclose(top, expected, rtol=0, atol=1e-12)


# --- layers of a deep Boltzmann machine ----------------------------------------------------------


def test_doubled_layers_have_copies_where_a_neighbour_is_missing():
    graph = dbm(5, 4, 3, 2)
    bottom, middle, top = doubled(graph)
    assert [*bottom.units] == ["v", "v_copy", "h"]
    assert [*middle.units] == ["v", "v_copy", "h", "h_copy"]
    assert [*top.units] == ["v", "h", "h_copy"]
    (alone,) = doubled(dbm(5, 4))
    assert [*alone.units] == ["v", "h"]


def test_doubled_layers_are_the_machines_own_but_for_the_groups_that_two_of_them_share():
    graph = randomised(dbm(5, 4, 3), 1)
    bottom, top = doubled(graph)
    assert bottom.units["v"] is bottom.units["v_copy"] is graph.units["v"]
    assert top.units["h"] is top.units["h_copy"] is graph.units["h2"]
    assert [e.connection for e in bottom.edges[:1]] + [e.connection for e in top.edges[:1]] == [
        e.connection for e in graph.edges
    ]
    shared = [bottom.units["h"], top.units["v"], graph.units["h1"]]
    assert len({id(u.bias) for u in shared}) == 3
    assert all(torch.equal(u.bias, graph.units["h1"].bias) for u in shared)


def test_the_machine_is_the_root_of_the_product_of_its_layers():
    """p(h1 | v, h2) of the machine: the geometric mean of what the two layers make of it."""
    graph = randomised(dbm(5, 4, 3), 1)
    bottom, top = layers = doubled(graph)
    for k, layer in enumerate(layers):  # as if each had learned
        randomised(layer, 10 + k)
    compose(graph, layers)
    v, h1, h2 = numbers(6, 5, seed=2), numbers(6, 4, seed=4), numbers(6, 3, seed=3)

    def energy(g, name, state):
        rest = {n: x for n, x in state.items() if n != name}
        return g.units[name].energy(h1) - (g.field(name, rest) * h1).sum(1)

    found = energy(graph, "h1", {"v": v, "h1": h1, "h2": h2})
    below = energy(bottom, "h", {"v": v, "v_copy": v, "h": h1})
    above = energy(top, "v", {"v": h1, "h": h2, "h_copy": h2})
    assert torch.allclose(found, (below + above) / 2)
    assert not torch.allclose(found, below)


def test_what_is_heard_is_doubled():
    graph = randomised(dbm(5, 4, 3), 1)
    bottom, top = doubled(graph)
    v, h2 = numbers(6, 5, seed=2), numbers(6, 3, seed=3)
    once = v @ graph.connections["v-h1"].weight.mT
    assert torch.allclose(bottom.field("h", copies(bottom, v)), 2 * once)
    down = h2 @ graph.connections["h1-h2"].weight
    assert torch.allclose(top.field("v", {"h": h2, "h_copy": h2}), 2 * down)
    expected = torch.sigmoid(2 * once + graph.units["h1"].bias)
    assert torch.allclose(hidden_means(bottom, v), expected)


def test_doubled_layers_learn_one_after_the_other():
    graph = randomised(dbm(5, 4, 3), 1)
    data, seen = (numbers(6, 5, seed=6) > 0).double(), []
    top = greedy(doubled(graph), data, train=lambda layer, x: seen.append(x))
    assert seen[0] is data
    assert torch.equal(seen[1], hidden_means(doubled(graph)[0], data))
    assert torch.equal(top, hidden_means(doubled(graph)[1], seen[1]))


def test_a_machine_that_is_no_chain_has_no_layers():
    with pytest.raises(ValueError, match="not joined in a chain"):
        doubled(boltzmann(3, 2))
