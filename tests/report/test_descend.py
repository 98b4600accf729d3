"""Filters seen from the data, and values brought down to it."""

import torch

import harmonium as hm
from harmonium.random import seeded
from harmonium.report.descend import (
    bind,
    down,
    filters_of,
    hidden_groups,
    hidden_means,
    mean_up,
    moves,
    passes,
)


def weight(graph, name="v-h"):
    return graph.connections[name].weight


def test_a_deeper_filter_is_the_product_of_the_weights():
    with seeded(0):
        net = hm.belief_net(6, 5, 4)
    (first, w1), (second, w2) = filters_of(net.graphs)
    assert (first, second) == ("layer 1", "layer 2")
    torch.testing.assert_close(w1, weight(net.graphs[0]).detach())
    torch.testing.assert_close(w2, (weight(net.graphs[1]) @ weight(net.graphs[0])).detach())


def test_a_graph_is_walked_from_its_first_group_whatever_way_its_edges_point():
    with seeded(0):
        units = {"v": hm.Bernoulli(6), "a": hm.Bernoulli(5), "b": hm.Bernoulli(4)}
        edges = {("v", "a"): hm.Dense((6,), (5,)), ("b", "a"): hm.Dense((4,), (5,))}
        graph = hm.EnergyGraph(units, edges)
    found = dict(filters_of([graph]))
    assert {name: tuple(w.shape) for name, w in found.items()} == {"a": (5, 6), "b": (4, 6)}
    expected = weight(graph, "b-a").mT @ weight(graph, "v-a")
    torch.testing.assert_close(found["b"], expected.detach())


def test_a_net_wired_to_itself_has_no_filters():
    graph = hm.EnergyGraph({"x": hm.Spin(5)}, {("x", "x"): hm.Lateral((5,))})
    assert filters_of([graph]) == []


def test_up_and_down_are_the_units_own_means():
    with seeded(0):
        net = hm.belief_net(6, 5, 4, std=1.0)
    v = torch.rand(7, 6)
    first, second = net.graphs
    h1 = torch.sigmoid(v @ weight(first).mT)
    h2 = torch.sigmoid(h1 @ weight(second).mT)
    torch.testing.assert_close(mean_up(net.graphs, v)[1], h2)
    back = torch.sigmoid(torch.sigmoid(h2 @ weight(second)) @ weight(first))
    torch.testing.assert_close(down(net.graphs, h2), back)
    found = passes(net.graphs, v)
    assert list(found) == ["layer 1", "layers 1 to 2"]
    torch.testing.assert_close(found["layers 1 to 2"], back)
    torch.testing.assert_close(found["layer 1"], torch.sigmoid(h1 @ weight(first)))
    torch.testing.assert_close(hidden_means(net.graphs, v)["layer 2"], h2)


def test_a_deep_machine_settles_where_every_group_is_its_own_mean():
    with seeded(0):
        units = {"v": hm.Bernoulli(6), "a": hm.Bernoulli(5), "b": hm.Bernoulli(4)}
        edges = {("v", "a"): hm.Dense((6,), (5,), std=0.5), ("a", "b"): hm.Dense((5,), (4,))}
        graph = hm.EnergyGraph(units, edges)
    v = torch.rand(7, 6)
    found = hidden_means([graph], v)
    assert list(found) == ["a", "b"]
    for name, value in found.items():
        field = graph.field(name, {"v": v, **found})
        torch.testing.assert_close(value, torch.sigmoid(field), atol=1e-5, rtol=0)
    again = torch.sigmoid(graph.field("v", {"v": v, **found}))
    torch.testing.assert_close(passes([graph], v)["mean field"], again)


def test_a_sweep_of_a_wired_group_takes_a_step_a_block():
    assert moves(hm.rbm(6, 4)) == 2
    wired = hm.EnergyGraph({"x": hm.Spin(5)}, {("x", "x"): hm.Lateral((5,))})
    assert moves(wired) == len(wired.blocks("x")) == 5


def test_a_net_without_hidden_units_gives_nothing_back():
    graph = hm.EnergyGraph({"x": hm.Spin(5)}, {("x", "x"): hm.Lateral((5,))})
    assert passes([graph], torch.ones(2, 5)) == {}
    assert hidden_means([graph], torch.ones(2, 5)) == {}


def test_lengths_are_bound_where_units_need_them():
    graph = hm.rbm(hm.Multinomial(6), 4)
    v = torch.tensor([[1.0, 2, 0, 0, 0, 0], [0, 0, 0, 0, 5, 0]])
    (back,) = passes([graph], v).values()
    torch.testing.assert_close(back.sum(1), v.sum(1))
    plain = hm.rbm(6, 4)
    assert bind(plain, v) is plain


def test_hidden_groups_are_those_that_can_be_summed_away():
    assert hidden_groups(hm.rbm(3, 2)) == ("h",)
    units = {"v": hm.Bernoulli(3), "a": hm.Bernoulli(2), "b": hm.Bernoulli(2)}
    star = hm.EnergyGraph(
        units, {("v", "a"): hm.Dense((3,), (2,)), ("v", "b"): hm.Dense((3,), (2,))}
    )
    assert hidden_groups(star) == ("a", "b")
    units = {"v": hm.Bernoulli(3), "a": hm.Bernoulli(2), "b": hm.Bernoulli(2)}
    deep = hm.EnergyGraph(
        units, {("v", "a"): hm.Dense((3,), (2,)), ("a", "b"): hm.Dense((2,), (2,))}
    )
    assert hidden_groups(deep) is None
    assert hidden_groups(hm.EnergyGraph({"x": hm.Spin(2)}, {})) is None
