"""Greedy pre-training: order, and what each machine is given."""

import torch

from harmonium import Categorical, Gaussian, belief_net, rbm
from harmonium.learning import greedy, hidden_means
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
