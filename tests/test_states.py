"""States that do not fit a graph are refused in words that name the group and the remedy."""

import numpy as np
import pytest
import torch

from harmonium import EnergyGraph, Gaussian, dbm, rbm
from harmonium.sampling import scaled
from harmonium.states import check_parameters, check_state

V, H = torch.ones(5, 6), torch.zeros(5, 3)
GRAPH = rbm(6, 3)


def test_a_state_that_fits_passes_and_one_row_may_stand_for_all():
    check_state(GRAPH.units, {"v": V, "h": H}, needed="vh", finite=True)
    check_state(GRAPH.units, {"v": V, "h": H[:1]})
    check_state(GRAPH.units, {})


WRONG = {
    "no mapping": (5, TypeError, "a mapping from names to tensors, not 5"),
    "name": ({"x": V}, ValueError, r"no group \['x'\]; there are \['v', 'h'\]"),
    "name of another kind": ({1: V}, ValueError, r"no group \['1'\]"),
    "array": ({"v": V.numpy(), "h": H}, TypeError, "'v': the values are an ndarray of shape"),
    "width": ({"v": V[:, :5], "h": H}, ValueError, r"shape \(5, 5\).*need \(rows, 6\)"),
    "one row without its axis": ({"v": V[0], "h": H}, ValueError, r"shape \(6,\)"),
    "double": ({"v": V.double(), "h": H}, ValueError, r"float64.*x\.to\(torch\.float32\)"),
    "whole": ({"v": V.long(), "h": H}, ValueError, "int64"),
    "device": ({"v": V.to("meta"), "h": H}, ValueError, "on meta, the parameters on cpu"),
    "rows": ({"v": V, "h": H[:2]}, ValueError, "different numbers of rows"),
    "missing": ({"v": V}, ValueError, r"no values of groups \['h'\]"),
    "not finite": ({"v": V, "h": H / 0}, ValueError, "'h': not all values are finite"),
}


@pytest.mark.parametrize(("state", "kind", "words"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_refused(state, kind, words):
    with pytest.raises(kind, match=words):
        check_state(GRAPH.units, state, needed=("v", "h"), finite=True)


ASKED = {
    "energy": lambda state: GRAPH.energy(state),
    "free energy": lambda state: GRAPH.free_energy(state, ("v",)),
    "field": lambda state: GRAPH.field("v", state),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize(
    "h", [H[:, :2], H.numpy(), H.double(), None], ids=["width", "array", "double", "missing"]
)
def test_questions_to_a_graph_give_the_same_words(ask, h):
    state = {"v": V} if h is None else {"v": V, "h": h}
    with pytest.raises((TypeError, ValueError), match="'h'"):
        ask(state)


@pytest.mark.parametrize(
    ("out", "words"),
    [
        (("h", "h"), "name each group once"),
        (("x",), "no group"),
        (("v", "h"), "cannot both be summed out"),
    ],
)
def test_groups_to_be_summed_away_must_be_some_of_the_graphs(out, words):
    with pytest.raises(ValueError, match=words):
        GRAPH.free_energy({"v": V, "h": H}, out)


def test_groups_and_connections_are_units_and_connections():
    for units, wires, kind, words in (
        ({}, {}, ValueError, "at least one group"),
        ({"v": torch.nn.Linear(2, 2)}, {}, TypeError, "'v' is a Linear; units are needed"),
        ({"keys": Gaussian(2)}, {}, ValueError, "not the name of a method of nn.ModuleDict"),
        ({"v": Gaussian(2)}, {"v": 5}, TypeError, "here 'v' is mapped to 5"),
        ({"v": Gaussian(2)}, {("v", "v"): 5}, TypeError, "is mapped to 5"),
        ([Gaussian(2)], {}, TypeError, "a list; a Mapping is needed"),
    ):
        with pytest.raises(kind, match=words):
            EnergyGraph(units, wires)


def test_parameters_that_are_not_finite_are_named():
    graph = rbm(6, 3)
    check_parameters(dict(graph.named_parameters()))
    with torch.no_grad():
        graph.units["h"].bias[1] = np.nan
    with pytest.raises(ValueError, match=r"units\.h\.bias are not finite.*lower learning rate"):
        graph.check_proper()


def test_each_row_of_scales_needs_a_distribution():
    graph = rbm(Gaussian(2), Gaussian(2), std=0.0)
    with torch.no_grad():
        graph.edges[0].connection.weight.copy_(0.9 * torch.eye(2))
    graph.check_proper()
    scaled(graph, {("v", "h"): torch.tensor([0.0, 1.1, -1.1])}).check_proper()
    for scale in (1.2, -1.2, torch.tensor(1.2), torch.tensor([1.0, 1.2, 0.5])):
        with pytest.raises(ValueError, match="cannot be normalised"):
            scaled(graph, {("v", "h"): scale}).check_proper()
    deep = dbm(Gaussian(1), Gaussian(1), Gaussian(1), std=0.0)
    with torch.no_grad():
        for e in deep.edges:
            e.connection.weight.fill_(0.6)
    scales = torch.tensor([1.5, 0.1]), torch.tensor([0.1, 1.5])
    pairs = {(e.source, e.target): s for e, s in zip(deep.edges, scales, strict=True)}
    scaled(deep, pairs).check_proper()
    with pytest.raises(ValueError, match="cannot be normalised"):
        scaled(deep, {pair: scales[0] for pair in pairs}).check_proper()
