"""Mean field: fixed points, what stops it, and a bound that enumeration referees."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli, EnergyGraph, Lateral, exact
from harmonium.graph import Graph
from harmonium.sampling import Phase, bound, mean_field, tempered
from tests.laws.registry import GRAPHS, VIEWS
from tests.laws.specimens import numbers, random_state, randomised

HIDDEN = ["deep", "deeper", "gaussian-top", "triangle", "affine"]


def seen(graph, *, seed=3):
    first = next(iter(graph.units))
    return {first: random_state(graph, seed=seed)[first]}


def log_z(graph):
    return exact.log_partition(graph)


@pytest.mark.parametrize("name", HIDDEN)
def test_every_mean_is_the_one_that_the_others_send(name):
    graph = GRAPHS[name]()
    data = mean_field(graph, seen(graph), tolerance=0.0, cap=500)
    assert set(data.fields) == set(graph.units) - set(seen(graph))
    for n in data.fields:
        expected = graph.units[n].mean(graph.field(n, data.values)).detach()
        assert_close(data.moments(graph, n)[0].detach(), expected)


@pytest.mark.parametrize("name", [*HIDDEN, "rbm", "rbm-gaussian", "rbm-multinomial"])
def test_the_bound_is_one(name):
    graph = GRAPHS[name]()
    batch = seen(graph)
    data = mean_field(graph, batch, tolerance=0.0, cap=500)
    gap = exact.log_prob(graph, batch) - bound(graph, data, log_z=log_z(graph))
    assert bool((gap > -1e-9).all())
    if name.startswith("rbm"):
        assert_close(gap, torch.zeros_like(gap))
    else:
        assert float(gap.max()) > 1e-4


@pytest.mark.parametrize("name", HIDDEN)
def test_any_fields_give_a_bound_by_its_definition(name):
    """E_q[-E] + H(q) - log Z, summed state by state, under fields that are no fixed point."""
    graph = GRAPHS[name]()
    batch = seen(graph)
    hidden = [n for n in graph.units if n not in batch]
    fields = {n: numbers(1, *graph.units[n].shape, seed=i) for i, n in enumerate(hidden)}
    row = {n: x[:1] for n, x in batch.items()}
    data = Phase(row, fields, torch.ones(1).double())
    found = bound(graph, data, log_z=0.5)
    if all(graph.units[n].growth == "finite" for n in hidden):
        lists = [graph.units[n].states() for n in hidden]
        index = torch.cartesian_prod(*[torch.arange(len(s)) for s in lists]).reshape(
            -1, len(lists)
        )
        state = {n: s[i] for n, s, i in zip(hidden, lists, index.T, strict=True)}
        log_q = sum(graph.units[n].log_prob(x, fields[n]) for n, x in state.items())
        state |= {n: x.expand(len(index), *x.shape[1:]) for n, x in row.items()}
        expected = (log_q.exp() * (-graph.energy(state) - log_q)).sum() - 0.5
        assert_close(found[0], expected.detach())
    assert float(found) <= float(exact.log_prob(graph, row) + log_z(graph)) - 0.5


@pytest.mark.parametrize("view", ["tempered", "shifted", "scaled", "tempered-from-base-by-row"])
def test_views_have_bounds_too(view):
    """Row by row, if the view differs from row to row."""
    graph = GRAPHS["deep"]()
    batch = seen(graph)
    made = VIEWS[view].build(graph, 1)
    data = mean_field(made, batch, tolerance=0.0, cap=500)
    low = bound(made, data, log_z=0.0)
    free = -made.free_energy({**batch, "h1": torch.zeros(4, 2).double()}, ("h2",))
    assert low.shape == free.shape
    h1 = graph.units["h1"].states()
    rows = [
        -made.free_energy({**batch, "h1": h.expand(4, 2)}, ("h2",)).detach().double() for h in h1
    ]
    gap = torch.logsumexp(torch.stack(rows), 0) - low
    assert bool((gap > -1e-9).all())
    assert float(gap.max()) < 0.5


def test_each_sweep_raises_the_bound():
    graph = GRAPHS["deeper"]()
    batch = seen(graph)
    levels = [
        bound(graph, mean_field(graph, batch, tolerance=0.0, cap=k), log_z=0.0)
        for k in range(1, 8)
    ]
    assert bool((torch.stack(levels).diff(dim=0) >= -1e-9).all())
    assert float((levels[-1] - levels[0]).max()) > 1e-6


def test_the_tolerance_stops_and_the_cap_stops(monkeypatch):
    graph, calls = GRAPHS["deep"](), []
    batch = seen(graph)
    original = Graph.field

    def counting(self, name, state, **more):
        calls.append(name)
        return original(self, name, state, **more)

    monkeypatch.setattr(Graph, "field", counting)
    counts = []
    for settings in ({"tolerance": 1e-1}, {"tolerance": 1e-8}, {"tolerance": 0.0, "cap": 3}):
        calls.clear()
        mean_field(graph, batch, **settings)
        counts.append(len(calls))
    assert counts[0] < counts[1]
    assert counts[2] == 8  # what "v" says, h2 at first, and three sweeps of two groups


def test_damping_leads_to_the_same_place():
    graph = GRAPHS["deep"]()
    plain = mean_field(graph, seen(graph), tolerance=0.0, cap=500)
    damped = mean_field(graph, seen(graph), tolerance=0.0, cap=500, damping=0.5)
    early = mean_field(graph, seen(graph), tolerance=0.0, cap=1, damping=0.5)
    for n in plain.fields:
        assert_close(plain.fields[n], damped.fields[n])
        assert not torch.allclose(plain.fields[n], early.fields[n], atol=1e-4)


@pytest.mark.parametrize("damping", [0.2, 0.9])
def test_damping_is_the_share_of_the_old_means_that_a_sweep_keeps(damping):
    """One sweep by hand: h1 as if h2 were silent, h2 from it; each again; what is kept of both."""
    graph = GRAPHS["deep"]()
    batch = seen(graph)
    h1, h2 = (graph.units[n] for n in ("h1", "h2"))
    nothing = {n: u.bias.new_zeros(4, *u.shape) for n, u in graph.units.items()}
    old = {"h1": h1.mean(graph.field("h1", {**batch, "h2": nothing["h2"]}))}
    old["h2"] = h2.mean(graph.field("h2", {**batch, **old}))
    new = {"h1": h1.mean(graph.field("h1", {**batch, **old}))}
    new["h2"] = h2.mean(graph.field("h2", {**batch, **new}))
    kept = damping * old["h2"] + (1 - damping) * new["h2"]
    found = mean_field(graph, batch, tolerance=0.0, cap=1, damping=damping)
    expected = graph.field("h1", {**batch, "h2": kept})
    away = graph.field("h1", {**batch, "h2": (1 - damping) * old["h2"] + damping * new["h2"]})
    assert_close(found.fields["h1"], expected.detach())
    assert float((expected - away).detach().abs().max()) > 1e-3


def test_a_self_wired_group_has_fields_too():
    units = {"v": Bernoulli(2), "h": Bernoulli(4)}
    graph = randomised(EnergyGraph(units, {("h", "h"): Lateral((4,))}), 2)
    data = mean_field(graph, {"v": torch.zeros(1, 2).double()}, tolerance=0.0, cap=300)
    gap = exact.log_prob(graph, {"v": torch.zeros(1, 2).double()})
    gap = gap - bound(graph, data, log_z=log_z(graph))
    assert 1e-4 < float(gap) < 1


@pytest.mark.parametrize("settings", [{"damping": 1.0}, {"damping": -0.1}, {"cap": 0}])
def test_settings_that_cannot_work_are_refused(settings):
    graph = GRAPHS["deep"]()
    with pytest.raises(ValueError, match=r"must lie in \[0, 1\) and cap"):
        mean_field(graph, seen(graph), **settings)


def test_without_connections_there_is_nothing_to_iterate():
    graph = tempered(GRAPHS["deep"](), 0.0)
    data = mean_field(graph, seen(graph), cap=1)
    assert float(data.fields["h1"].abs().max()) == 0
