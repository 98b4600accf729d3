import pytest
import torch
from torch.testing import assert_close

from harmonium import rbm
from harmonium.sampling import clamped, scaled, shifted, stacked, tempered
from harmonium.sampling.ais import base_fields
from tests.laws.registry import GRAPHS
from tests.laws.specimens import numbers, random_state


def parts(graph):
    """Views of one machine that differ in everything a view may change; four rows each."""
    base = base_fields(graph, {"v": torch.full(graph.units["v"].shape, 0.3).double()})
    scale = torch.tensor([0.1, 0.2, 0.3, 0.4]).double()
    first = graph.edges[0]
    return [
        tempered(graph, 0.0, base=base),
        tempered(graph, 0.6, base=base),
        tempered(graph, scale),
        scaled(graph, {(first.source, first.target): 2.0}),
        shifted(graph, {"v": numbers(4, *graph.units["v"].shape, seed=3)}),
        graph,
    ]


@pytest.mark.parametrize("name", ["rbm", "deep", "semi-restricted", "rbm-shaped"])
def test_each_graph_has_its_rows(name):
    graph = GRAPHS[name]()
    views, state = parts(graph), random_state(graph)
    whole = stacked(views, rows=4)
    many = {n: x.repeat(len(views), *[1] * (x.ndim - 1)) for n, x in state.items()}
    assert_close(whole.energy(many), torch.cat([v.energy(state) for v in views]))
    for n in graph.units:
        fields = torch.cat([v.field(n, state).expand_as(state[n]) for v in views])
        assert_close(whole.field(n, many), fields)


def test_constants_are_stacked_too():
    graph = GRAPHS["deep"]()
    state = random_state(graph)
    one, other = (clamped(graph, {"v": state["v"] * k}) for k in (0.0, 1.0))
    whole = stacked([one, other], rows=4)
    rest = {n: state[n].repeat(2, 1) for n in ("h1", "h2")}
    alone = {n: state[n] for n in ("h1", "h2")}
    assert_close(whole.energy(rest), torch.cat([one.energy(alone), other.energy(alone)]))


def test_what_all_share_stays_one_number():
    graph = rbm(3, 2)
    whole = stacked([tempered(graph, 0.5), tempered(graph, 0.5)], rows=7)
    assert whole.edges[0].scale == 0.5
    assert whole.extras == {}
    assert whole.constant == 0.0


def test_machines_with_parameters_of_their_own_do_not_stack():
    assert stacked([rbm(3, 2), rbm(3, 2)], rows=2) is None
