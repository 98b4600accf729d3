import copy
import io
import pickle

import pytest
import torch
from torch.testing import assert_close

from harmonium import (
    Bernoulli,
    Binomial,
    Categorical,
    Dense,
    DReLU,
    EnergyGraph,
    Gaussian,
    Lateral,
    Multinomial,
    Poisson,
    Rectified,
    Spin,
    rbm,
)
from harmonium.graph import Edge, View
from harmonium.random import generator
from harmonium.sampling import clamped, scaled, sweep


def joined(**units):
    """Groups in a row, each joined with the next by small weights."""
    names = list(units)
    wires = zip(names, names[1:], strict=False)
    return EnergyGraph(units, {(a, b): Dense(units[a].shape, units[b].shape) for a, b in wires})


def gaussian_pair(weight, *, precision=1.0, family=Gaussian):
    graph = joined(v=family(len(weight[0])), h=Gaussian(len(weight)))
    with torch.no_grad():
        graph.edges[0].connection.weight.copy_(torch.tensor(weight))
        for units in graph.units.values():
            units.log_precision.fill_(precision).log_()
    return graph


# --- wiring ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a b", "1st", "v-h", ""])
def test_names_must_be_identifiers(name):
    with pytest.raises(ValueError, match="names must be Python identifiers, like 'v' or 'h1'"):
        EnergyGraph({name: Bernoulli(2)}, {})


def test_connections_must_know_their_groups():
    with pytest.raises(ValueError, match=r"connection v-h: no group 'h'; there are \['v'\]"):
        EnergyGraph({"v": Bernoulli(2)}, {("v", "h"): Dense((2,), (3,))})


def test_shapes_must_fit():
    units = {"v": Bernoulli(2), "h": Bernoulli(3)}
    with pytest.raises(ValueError, match=r"expects 'h' of shape \(4,\), but its units have .*3"):
        EnergyGraph(units, {("v", "h"): Dense((2,), (4,))})


@pytest.mark.parametrize("second", [("v", "h"), ("h", "v")])
def test_two_groups_are_joined_once(second):
    wires = {("v", "h"): Dense((2,), (2,))}
    if second in wires:
        wires[("h", "v")] = wires.pop(second)
        second = ("v", "h")
    wires[second] = Dense((2,), (2,))
    with pytest.raises(ValueError, match="joined twice; replace the connections by their sum"):
        EnergyGraph({"v": Bernoulli(2), "h": Bernoulli(2)}, wires)


def test_only_some_connections_join_a_group_to_itself():
    with pytest.raises(ValueError, match="x-x: Dense cannot join a group to itself"):
        EnergyGraph({"x": Bernoulli(2)}, {("x", "x"): Dense((2,), (2,))})


# --- what can be normalised --------------------------------------------------------------------


def refuse(graph):
    with pytest.raises(ValueError, match="joint precision is not positive definite.*smaller"):
        graph.check_normalisable()


def test_a_pair_of_gaussian_groups_needs_small_weights():
    gaussian_pair([[0.99]]).check_normalisable()
    refuse(gaussian_pair([[1.01]]))
    gaussian_pair([[1.9]], precision=2.0).check_normalisable()
    refuse(gaussian_pair([[2.1]], precision=2.0))


def test_a_positive_determinant_is_not_enough():
    """Two pairs with eigenvalues 1 - 2 and 1 + 2 each: the determinant is 9."""
    graph = gaussian_pair([[2.0, 0.0], [0.0, 2.0]])
    precision = torch.eye(4)
    precision[:2, 2:] = precision[2:, :2] = -2 * torch.eye(2)
    assert float(torch.det(precision)) == pytest.approx(9)
    refuse(graph)


@pytest.mark.parametrize("ends", [("v", "h"), ("h", "v")])
def test_the_joint_precision_is_the_same_whichever_way_a_connection_runs(ends):
    """The groups' order is one thing, a connection's direction another."""
    units = {"v": Gaussian(2), "h": Gaussian(3)}
    connection = Dense(tuple(units[ends[0]].shape), tuple(units[ends[1]].shape), std=0.0)
    graph = EnergyGraph(units, {ends: connection})
    weight = torch.tensor([[0.9, 0.0, 0.0], [0.0, 0.6, 0.0]])
    with torch.no_grad():
        connection.weight.copy_(weight.mT if ends[0] == "v" else weight)
    graph.check_normalisable()
    with torch.no_grad():
        connection.weight.mul_(1.2)
    refuse(graph)


def test_an_improper_graph_is_not_even_made():
    wires = {("x", "x"): Lateral((3,))}
    with torch.no_grad():
        wires["x", "x"].weight.fill_(-5.0)
    with pytest.raises(ValueError, match=r"groups 'x' \(Gaussian\) are unbounded"):
        EnergyGraph({"x": Gaussian(3)}, wires)


def test_truncated_gaussians_count_too():
    gaussian_pair([[0.5]], family=Rectified).check_normalisable()
    refuse(gaussian_pair([[1.5]], family=Rectified))


def test_two_sided_units_count_by_their_smaller_curvature():
    graph = joined(v=Gaussian(1), h=DReLU(1))
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(0.9)
    graph.check_normalisable()
    with torch.no_grad():
        graph.units["h"].log_left.fill_(-0.5)
    refuse(graph)


@pytest.mark.parametrize("other", [Gaussian(2), Rectified(2), DReLU(2), Poisson(2)])
def test_poisson_units_meet_only_bounded_ones(other):
    with pytest.raises(ValueError, match=r"'v' \(Poisson\) and 'h' .*cannot.*take Binomial"):
        joined(v=Poisson(3), h=other)
    for bounded in (Bernoulli(2), Binomial(2, trials=3), Categorical(2, 3), Multinomial(2)):
        assert joined(v=Poisson(3), h=bounded).check_normalisable() is None


def test_longer_paths_between_gaussians_are_seen():
    graph = joined(a=Gaussian(1), b=Gaussian(1), c=Gaussian(1))
    with torch.no_grad():
        for e in graph.edges:
            e.connection.weight.fill_(0.75)  # each pair alone is proper
    refuse(graph)


@pytest.mark.parametrize("other", [Bernoulli(2), Spin(2), Categorical(2, 3), Multinomial(2)])
def test_real_units_meet_bounded_ones_at_any_weight(other):
    graph = joined(v=Gaussian(3), h=other)
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(1e3)
    assert graph.check_normalisable() is None


def test_tied_precisions_count_for_every_unit():
    units = {"v": Gaussian(2, 2, tied=(0, 1)), "h": Gaussian(1)}
    graph = EnergyGraph(units, {("v", "h"): Dense((2, 2), (1,))})
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(0.49)
    graph.check_normalisable()  # 4 x 0.49^2 < 1
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(0.51)
    refuse(graph)


# --- answers -----------------------------------------------------------------------------------


def test_a_group_without_neighbours_hears_nothing():
    graph = EnergyGraph({"a": Bernoulli(2, 3), "b": Spin(2)}, {})
    assert_close(graph.field("a", {"b": torch.ones(5, 2)}), torch.zeros(5, 2, 3))
    assert_close(graph.field("a", {}), torch.zeros(1, 2, 3))
    rows = torch.tensor([4, 0])
    assert_close(graph.field("a", {"b": torch.ones(5, 2)}, rows=rows), torch.zeros(5, 2))


def test_a_field_needs_only_the_neighbours():
    graph = joined(v=Bernoulli(2), h=Bernoulli(3), top=Bernoulli(4))
    v = torch.ones(5, 2)
    weight = graph.edges[0].connection.weight
    assert_close(graph.field("v", {"h": torch.ones(5, 3)}), torch.ones(5, 3) @ weight)
    with pytest.raises(ValueError, match="no values of groups .*top"):
        graph.field("h", {"v": v})


def test_extras_of_some_rows_of_a_group():
    graph = EnergyGraph({"x": Bernoulli(2, 2)}, {("x", "x"): Lateral((2, 2), std=1.0)})
    fixed, by_row = (
        torch.randn(2, 2, generator=generator(1)),
        torch.randn(5, 2, 2, generator=generator(1)),
    )
    state, rows = {"x": torch.rand(5, 2, 2, generator=generator(1))}, torch.tensor([3, 0])
    for extra in (fixed, by_row):
        view = View(graph.units, graph.edges, {"x": extra})
        whole = view.field("x", state)
        assert_close(whole, graph.field("x", state) + extra)
        assert_close(view.field("x", state, rows=rows), whole.flatten(1)[:, rows])


def test_neighbours_and_blocks():
    units = {"v": Bernoulli(3), "h": Bernoulli(2), "alone": Bernoulli(1)}
    wires = {("v", "v"): Lateral((3,)), ("v", "h"): Dense((3,), (2,))}
    graph = EnergyGraph(units, wires)
    assert graph.neighbours("v") == {"v", "h"}
    assert graph.neighbours("h") == {"v"}
    assert graph.neighbours("alone") == set()
    assert [b.tolist() for b in graph.blocks("v")] == [[0], [1], [2]]
    assert graph.blocks("h") is None
    assert set(graph.summable()) == {(), ("h",), ("alone",), ("h", "alone")}


def test_an_edge_is_scaled_in_a_copy():
    connection = Dense((2,), (3,))
    edge = Edge("v", "h", connection, 0.5)
    assert edge.times(0.5) == Edge("v", "h", connection, 0.25)
    assert edge.scale == 0.5


def test_a_context_is_bound_to_a_view_only():
    graph = joined(v=Multinomial(3), h=Bernoulli(2))
    view = graph.given(v=torch.tensor([2.0, 5.0]))
    assert_close(view.units["v"].lengths, torch.tensor([[2.0], [5.0]]))
    assert graph.units["v"].context is None
    assert view.units["v"].bias is graph.units["v"].bias
    with pytest.raises(ValueError, match=r"need the total of every row: bind it by .*given\("):
        graph.free_energy({"h": torch.ones(1, 2)}, ("v",))
    with pytest.raises(ValueError, match="Bernoulli units take no context; leave `given` out"):
        graph.given(h=torch.tensor(2.0))


# --- modules -----------------------------------------------------------------------------------


def same_answers(one, other):
    v = torch.tensor([[1.0, 0.0, 1.0]])
    return torch.equal(one.free_energy({"v": v}, ("h",)), other.free_energy({"v": v}, ("h",)))


@pytest.mark.parametrize("how", ["deepcopy", "pickle"])
def test_copies_are_whole_and_apart(how):
    graph = rbm(3, 2, std=1.0)
    copied = copy.deepcopy(graph) if how == "deepcopy" else pickle.loads(pickle.dumps(graph))
    assert same_answers(graph, copied)
    assert copied.edges[0].connection is copied.connections["v-h"]
    with torch.no_grad():
        copied.connections["v-h"].weight.add_(1.0)
    assert not same_answers(graph, copied)


def test_a_state_dict_carries_every_parameter():
    graph, other = rbm(Gaussian(3), 2, std=0.5), rbm(Gaussian(3), 2, std=0.5)
    with torch.no_grad():
        graph.units["v"].bias.fill_(0.3)
    assert list(graph.state_dict()) == [
        "units.v.bias",
        "units.v.log_precision",
        "units.h.bias",
        "connections.v-h.weight",
    ]
    assert not same_answers(graph, other)
    stream = io.BytesIO()
    torch.save(graph.state_dict(), stream)
    stream.seek(0)
    other.load_state_dict(torch.load(stream, weights_only=True))
    assert same_answers(graph, other)


def test_a_change_of_type_reaches_the_edges():
    graph = rbm(3, 2).double()
    assert graph.edges[0].connection.weight.dtype == torch.float64
    assert graph.field("h", {"v": torch.ones(1, 3).double()}).dtype == torch.float64


def test_names_that_are_no_group_are_refused():
    graph = rbm(3, 2)
    state = {"v": torch.ones(1, 3), "h": torch.ones(1, 2)}
    for call in (
        lambda: graph.given(x=torch.ones(1)),
        lambda: sweep(graph, state, hold={"w": True}),
        lambda: clamped(graph, {"u": torch.ones(1, 3)}),
    ):
        with pytest.raises(ValueError, match=r"no group \['[xwu]'\]; there are \['v', 'h'\]"):
            call()
    with pytest.raises(ValueError, match="no connection .*'h', 'v'"):
        scaled(graph, {("h", "v"): 2.0})


def test_a_group_of_one_hot_units_cannot_be_wired_to_itself():
    with pytest.raises(ValueError, match="Categorical units have several states each"):
        EnergyGraph({"v": Categorical(2, 3)}, {("v", "v"): Lateral((2, 3))})
