import pytest
import torch

from harmonium import Bernoulli, Dense, EnergyGraph, belief_net, rbm, unroll
from harmonium.apply.codes import codes, layers, net_codes
from harmonium.random import generator, seeded

X = torch.rand(7, 6, generator=generator(0))


def made(build):
    with seeded(0):
        return build()


def test_an_rbm_is_encoded_by_its_exact_conditional():
    graph = made(lambda: rbm(6, 4, std=1.0))
    expected = torch.sigmoid(X @ graph.connections["v-h"].weight.mT + graph.units["h"].bias)
    assert torch.allclose(codes(graph, X), expected)


def test_a_belief_net_is_read_layer_by_layer():
    net = made(lambda: belief_net(6, 5, 4, std=1.0))
    first = codes(net.graphs[0], X)
    assert torch.equal(codes(net, X, layer="h1"), first)
    assert torch.allclose(codes(net, X), codes(net.graphs[1], first))
    assert layers(net) == ("h1", "h2")


def test_connected_hidden_groups_are_read_at_the_mean_field_fixed_point():
    units = {"v": Bernoulli(6), "h1": Bernoulli(5), "h2": Bernoulli(4)}
    wires = {("v", "h1"): Dense((6,), (5,)), ("h1", "h2"): Dense((5,), (4,))}
    graph = EnergyGraph(units, wires)
    with torch.no_grad():
        for k, parameter in enumerate(graph.parameters()):
            parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator(k)))
    found = {name: codes(graph, X, layer=name) for name in layers(graph)}
    state = {"v": X, **found}
    for name in ("h1", "h2"):
        with torch.no_grad():
            again = graph.units[name].mean(graph.field(name, state))
        assert torch.allclose(again, found[name], atol=1e-5)
    assert torch.equal(codes(graph, X), found["h2"])


def test_codes_of_many_rows_are_those_of_each():
    graph = made(lambda: rbm(6, 4, std=1.0))
    one_by_one = torch.cat([codes(graph, row[None]) for row in X])
    assert torch.allclose(codes(graph, X), one_by_one)


def test_a_net_is_read_before_its_output_layer():
    machine = made(lambda: belief_net(6, 5, 4, std=1.0))
    assert torch.allclose(net_codes(unroll(machine, outputs=3), X), codes(machine, X))


def test_wrong_rows_and_layers_are_refused():
    graph = rbm(6, 4)
    with pytest.raises(ValueError, match=r"shape \(7, 5\), but the run's machine .* \(N, 6\)"):
        codes(graph, X[:, :5])
    with pytest.raises(ValueError, match="no hidden layer 'h9'; there are h"):
        codes(graph, X, layer="h9")
