import torch
from torch.testing import assert_close

from harmonium import Bernoulli, Gaussian, rbm
from harmonium.sampling import clamped, scaled, shifted, tempered
from tests.laws.registry import GRAPHS
from tests.laws.specimens import numbers, random_state


def test_the_whole_temperature_is_the_graph():
    graph = GRAPHS["deeper"]()
    state = random_state(graph)
    base = {"v": numbers(2, seed=1)}
    assert_close(tempered(graph, 1.0, base=base).energy(state), graph.energy(state))


def test_at_zero_the_units_are_alone_and_keep_their_own_energy():
    graph = GRAPHS["rbm-gaussian"]()
    state = random_state(graph)
    alone = sum(u.energy(state[n]) for n, u in graph.units.items())
    assert_close(tempered(graph, 0.0).energy(state), alone)
    view = tempered(graph, 0.0, base={"h": torch.ones(3).double()})
    assert_close(view.energy(state), alone - state["h"].sum(1))
    assert_close(view.field("h", state), torch.ones(4, 3).double())


def test_a_view_copies_nothing_and_stores_nothing():
    graph = rbm(3, 2, std=1.0)
    view = tempered(shifted(graph, {"v": torch.ones(3)}), 0.5)
    assert view.units["v"] is graph.units["v"]
    assert view.edges[0].connection is graph.edges[0].connection
    assert graph.edges[0].scale == 1.0
    assert graph.extras == {}


def test_scales_multiply_and_spare_the_others():
    graph = GRAPHS["triangle"]()
    view = scaled(scaled(graph, {("a", "b"): 2.0}), {("a", "b"): 3.0})
    assert [e.scale for e in view.edges] == [6.0, 1.0, 1.0]
    by_row = scaled(view, {("b", "c"): torch.tensor([1.0, 2.0])}).edges[1].scale
    assert by_row.tolist() == [1.0, 2.0]


def test_shifts_add_up():
    graph = rbm(2, 2)
    once = shifted(graph, {"v": torch.tensor([1.0, 2.0])})
    twice = shifted(once, {"v": torch.tensor([0.5, 0.5]), "h": torch.ones(2)})
    assert twice.extras["v"].tolist() == [1.5, 2.5]
    assert once.extras["v"].tolist() == [1.0, 2.0]
    assert set(once.extras) == {"v"}


def test_a_clamped_view_asks_only_for_the_others():
    graph = GRAPHS["deep"]()
    state = random_state(graph)
    view = clamped(graph, {"h1": state["h1"]})
    assert set(view.units) == {"v", "h2"}
    assert view.edges == []
    rest = {n: x for n, x in state.items() if n != "h1"}
    assert_close(view.energy(rest), graph.energy(state))


def test_one_clamped_row_serves_many():
    graph = rbm(Gaussian(2), 3, std=1.0)
    v = torch.tensor([[0.5, -1.0]])
    h = Bernoulli(3).states()
    expected = graph.energy({"v": v.expand(8, 2), "h": h})
    assert_close(clamped(graph, {"v": v}).energy({"h": h}), expected)


def test_clamping_everything_leaves_the_energy():
    graph = GRAPHS["semi-restricted"]()
    state = random_state(graph)
    view = clamped(graph, state)
    assert dict(view.units) == {}
    assert_close(view.energy({}), graph.energy(state))
