"""Law 3: whatever is summed away, on a graph or on any view of it, enumeration agrees."""

import itertools

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.graph import EnergyGraph, View
from harmonium.sampling.views import clamped, scaled, shifted, tempered
from tests.laws.enumeration import energy_by_hand, summed
from tests.laws.registry import GRAPHS, JOINTLY_GAUSSIAN, VIEWS
from tests.laws.specimens import ROWS, numbers, random_state

CLOSE = {"rtol": 1e-9, "atol": 1e-9}
everyone = pytest.mark.parametrize("name", GRAPHS)
every_view = pytest.mark.parametrize("view", VIEWS)


def every_out(graph):
    """Every set of groups that no connection joins, found the slow way."""
    joined = {frozenset((e.source, e.target)) for e in graph.edges}
    for n in range(len(graph.units) + 1):
        for out in itertools.combinations(graph.units, n):
            if not any(pair <= set(out) for pair in joined):
                yield out


def kept(state, graph, out):
    return {name: x for name, x in state.items() if name in graph.units and name not in out}


# --- graphs ------------------------------------------------------------------------------------


@everyone
def test_energy_is_the_sum_of_its_terms(name):
    graph = GRAPHS[name]()
    state = random_state(graph)
    assert_close(graph.energy(state), energy_by_hand(graph, state))


@everyone
def test_summable_lists_every_set_that_is_unconnected(name):
    graph = GRAPHS[name]()
    assert sorted(graph.summable()) == sorted(every_out(graph))


@everyone
def test_free_energy_of_every_legal_set(name):
    graph = GRAPHS[name]()
    for out in every_out(graph):
        state = kept(random_state(graph, seed=3), graph, out)
        assert_close(graph.free_energy(state, out), summed(lambda k: graph, state, out), **CLOSE)


@everyone
def test_values_of_the_groups_summed_away_do_not_matter(name):
    graph = GRAPHS[name]()
    state, other = random_state(graph, seed=3), random_state(graph, seed=4)
    for out in every_out(graph):
        mixed = {n: (other if n in out else state)[n] for n in state}
        assert_close(graph.free_energy(mixed, out), graph.free_energy(state, out))
        assert_close(
            graph.free_energy(state, out), graph.free_energy(kept(state, graph, out), out)
        )


@everyone
def test_fields_at_hand_may_be_given(name):
    graph = GRAPHS[name]()
    state = random_state(graph)
    for out in every_out(graph):
        fields = {n: graph.field(n, state) for n in out}
        assert_close(graph.free_energy(state, out, fields=fields), graph.free_energy(state, out))


@pytest.mark.parametrize("name", [*GRAPHS, *JOINTLY_GAUSSIAN])
def test_illegal_sets_are_refused(name):
    graph = {**GRAPHS, **JOINTLY_GAUSSIAN}[name]()
    state, legal = random_state(graph), set(every_out(graph))
    subsets = (
        out
        for n in range(len(graph.units) + 1)
        for out in itertools.combinations(graph.units, n)
        if out not in legal
    )
    for out in subsets:
        with pytest.raises(ValueError, match="cannot both be summed out; choose one of"):
            graph.free_energy(state, out)


@pytest.mark.parametrize("name", [*GRAPHS, *JOINTLY_GAUSSIAN])
def test_field_is_the_slope_of_the_energy(name):
    graph = {**GRAPHS, **JOINTLY_GAUSSIAN}[name]()
    check_fields(graph, random_state(graph))


def check_fields(graph, state):
    for name, units in graph.units.items():
        x = state[name].detach().requires_grad_()
        now = {**state, name: x}
        (slope,) = torch.autograd.grad((units.energy(x) - graph.energy(now)).sum(), x)
        field = graph.field(name, now)
        assert_close(field, slope)
        sites = len(units.shape) - units.unit_axes
        if units.unit_axes == 0:
            rows = torch.arange(units.shape.numel()).flip(0)[:2]
            assert_close(graph.field(name, now, rows=rows), slope.flatten(1, sites)[:, rows])


@everyone
def test_log_partition_and_moments_by_brute_force(name):
    """``exact`` sums groups away in closed form; here nothing is but what is continuous."""
    graph = GRAPHS[name]()
    endless = tuple(n for n, u in graph.units.items() if u.growth != "finite")
    lists = [graph.units[n].states() for n in graph.units if n not in endless]
    index = torch.cartesian_prod(*[torch.arange(len(s)) for s in lists]).reshape(-1, len(lists))
    names = [n for n in graph.units if n not in endless]
    state = {n: s[i] for n, s, i in zip(names, lists, index.T, strict=True)}
    log_w = -summed(lambda k: graph, state, endless)
    log_z = torch.logsumexp(log_w, 0)
    assert_close(exact.log_partition(graph), log_z, **CLOSE)
    p = (log_w - log_z).exp()
    for n, moments in exact.moments(graph).items():
        units = graph.units[n]
        rows = units.statistics(state[n]) if n in names else units.moments(graph.field(n, state))
        for found, m in zip(moments, rows, strict=True):
            assert_close(found, torch.tensordot(p, m.detach(), 1), **CLOSE)
    if not endless:
        everything, found = exact.distribution(graph)
        assert_close(found, p, **CLOSE)
        assert all(torch.equal(everything[n], state[n]) for n in names)


@everyone
def test_log_prob_of_some_groups(name):
    """Of every set of groups whose complement can be summed; the others go row by row."""
    graph = GRAPHS[name]()
    state, log_z = random_state(graph, seed=5), exact.log_partition(graph)
    for seen in (
        s for n in range(1, len(graph.units)) for s in itertools.combinations(graph.units, n)
    ):
        free = tuple(n for n in graph.units if n not in seen)
        if free in set(every_out(graph)) or all(graph.units[n].growth == "finite" for n in free):
            known = {n: state[n] for n in seen}
            wanted = -summed(lambda k: graph, known, free) - log_z
            assert_close(exact.log_prob(graph, known), wanted, **CLOSE)


# --- views -------------------------------------------------------------------------------------


def inner(fields, state):
    return sum((f * state[n]).flatten(1).sum(1) for n, f in fields.items())


@everyone
@pytest.mark.parametrize("plain", [True, False], ids=["graph", "view"])
def test_views_have_the_energy_that_defines_them(name, plain):
    """Every kind of view, of a graph and of a view with extra fields and a constant."""
    graph, state = GRAPHS[name](), random_state(GRAPHS[name](), seed=3)
    lone = {n: numbers(*u.shape, seed=20 + i) for i, (n, u) in enumerate(graph.units.items())}
    rows = {n: numbers(ROWS, *f.shape, seed=30 + f.numel()) for n, f in lone.items()}
    one = (
        graph
        if plain
        else View(graph.units, graph.edges, {**rows, **dict([*lone.items()][1:])}, 0.7)
    )
    energy = energy_by_hand(one, state)
    own = sum(u.energy(state[n]) for n, u in graph.units.items())
    beta = torch.tensor([0.0, 0.3, 0.8, 1.0], dtype=torch.float64)
    annealed = own - (1 - beta) * inner(lone, state) + beta * (energy - own)
    assert_close(tempered(one, beta, base=lone).energy(state), annealed)
    assert_close(tempered(one, 0.3).energy(state), own + 0.3 * (energy - own))
    assert_close(shifted(one, rows).energy(state), energy - inner(rows, state))
    doubled = energy
    for e in graph.edges:
        joint = e.connection.energy(state[e.source], state[e.target])
        scales = {(e.source, e.target): 1 + beta}
        assert_close(scaled(one, scales).energy(state), energy + beta * joint)
        doubled = doubled + joint
    twice = {(e.source, e.target): 2.0 for e in graph.edges}
    assert_close(scaled(one, twice).energy(state), doubled)
    for held in (h for n in range(len(lone) + 1) for h in itertools.combinations(lone, n)):
        view = clamped(one, {n: state[n] for n in held})
        assert set(view.units) == set(lone) - set(held)
        assert_close(view.energy(kept(state, one, held)), energy)


@everyone
@every_view
def test_free_energy_of_every_legal_set_on_views(name, view):
    graph, case = GRAPHS[name](), VIEWS[view]
    one = case.build(graph, 1)
    assert set(one.units) <= set(graph.units)
    for out in every_out(one):
        state = kept(random_state(graph, seed=3), one, out)
        found = one.free_energy(state, out)
        wanted = summed(lambda k: case.build(graph, k), state, out)
        assert_close(found, wanted.expand_as(found), **CLOSE)


@everyone
@every_view
def test_field_is_the_slope_of_the_energy_on_views(name, view):
    graph = GRAPHS[name]()
    one = VIEWS[view].build(graph, 1)
    check_fields(one, {n: x for n, x in random_state(graph, seed=3).items() if n in one.units})


@everyone
def test_a_clamped_view_is_normalised_by_the_free_energy(name):
    graph, state = GRAPHS[name](), random_state(GRAPHS[name](), seed=6)
    for held in (
        s for n in range(1, len(graph.units)) for s in itertools.combinations(graph.units, n)
    ):
        free = tuple(n for n in graph.units if n not in held)
        legal = free in set(every_out(graph))
        if not legal and any(graph.units[n].growth != "finite" for n in free):
            continue
        known = {n: state[n] for n in held}
        wanted = -summed(lambda k: graph, known, free)
        for i in range(ROWS):
            view = clamped(graph, {n: x[i : i + 1] for n, x in known.items()})
            assert_close(exact.log_partition(view), wanted[i], **CLOSE)
        if legal:
            assert_close(-graph.free_energy(known, free), wanted, **CLOSE)


@pytest.mark.parametrize("name", ["rbm-multinomial", "rbm-to-multinomial"])
def test_lengths_given_by_row(name):
    """A row is the graph given that row's length."""
    graph = GRAPHS[name]()
    lengths = torch.tensor([1.0, 5.0, 0.0, 2.0], dtype=torch.float64)
    (group,) = (n for n, u in graph.units.items() if u.takes_context)
    by_row = graph.given(**{group: lengths})
    state = random_state(by_row, seed=1)
    assert torch.equal(state[group].sum(1), lengths)
    for out in every_out(graph):
        known = kept(state, graph, out)
        found = by_row.free_energy(known, out)
        for i, n in enumerate(lengths):
            row = {name: x[i : i + 1] for name, x in known.items()}
            one = graph.given(**{group: n})
            assert_close(found[i : i + 1], summed(lambda k, one=one: one, row, out), **CLOSE)


def test_gradients_reach_states_and_parameters():
    """Of a free energy by W, as of its enumeration: -E[h] v."""
    graph = GRAPHS["rbm"]()
    v = random_state(graph)["v"]
    weight = graph.edges[0].connection.weight
    (slope,) = torch.autograd.grad(graph.free_energy({"v": v}, ("h",)).sum(), weight)
    assert_close(slope, -graph.units["h"].mean(graph.field("h", {"v": v})).mT @ v)


# --- the law can fail --------------------------------------------------------------------------


class Forgetful(EnergyGraph):
    """Wrong on purpose: what an affine connection costs alone is forgotten."""

    def _offset_energy(self, e, state, *, out):
        return super()._offset_energy(e, state, out=out) * 0


def test_forgetting_the_rest_of_an_affine_connection_is_caught():
    graph = GRAPHS["affine"]()
    graph.__class__ = Forgetful
    state = {n: x for n, x in random_state(graph).items() if n != "h"}
    wanted = summed(lambda k: graph, state, ("h",))
    assert not torch.allclose(graph.free_energy(state, ("h",)), wanted, atol=1e-3)


def test_a_bias_that_is_tempered_too_is_caught():
    """Another path than the library's, and not its law: a tempered group keeps its own energy."""
    graph = GRAPHS["rbm"]()
    state = random_state(graph)
    all_tempered = 0.6 * energy_by_hand(graph, state)
    assert not torch.allclose(tempered(graph, 0.6).energy(state), all_tempered, atol=1e-3)


def test_a_field_off_by_a_little_is_caught():
    graph = GRAPHS["deep"]()
    state = random_state(graph)
    honest = graph.field
    graph.field = lambda name, state, rows=None: honest(name, state, rows=rows) * 1.0001
    with pytest.raises(AssertionError, match="not close"):
        check_fields(graph, state)
    del graph.field
    check_fields(graph, {n: numbers(*x.shape, seed=1).sigmoid() for n, x in state.items()})
