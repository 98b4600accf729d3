"""Law: the pseudo-likelihood is the enumerated sum of log p(unit | the others), on any graph."""

import pytest
import torch
from torch.testing import assert_close

from harmonium.graph import Graph
from harmonium.random import generator
from harmonium.sampling import pseudo_log_likelihood
from harmonium.sampling.views import shifted
from tests.laws.registry import GRAPHS, VIEWS
from tests.laws.specimens import ROWS, random_state


def observable(graph):
    """Sets of groups that can be observed: the others can be summed away."""
    for out in graph.summable():
        seen = [n for n in graph.units if n not in out]
        if seen and not any(graph.units[n].takes_context for n in seen):
            if all(_has_conditional(graph, n, out) for n in seen):
                yield seen, out


def _has_conditional(graph, name, out):
    return graph.units[name].count() is not None or not graph.neighbours(name) & set(out)


CASES = [
    (name, "+".join(seen))
    for name, make in GRAPHS.items()
    for seen, _ in observable(make())
    if all(make().units[n].count() is not None for n in seen)
]


def enumerated(build, state, out):
    """Every value of one unit after the other, from the free energy of whole rows."""
    total = torch.zeros(ROWS, dtype=torch.float64)
    graph = build(1)
    for name, x in state.items():
        u = graph.units[name]
        last = len(u.shape) - u.unit_axes
        for i in range(u.shape[:last].numel()):
            states = u.at(torch.tensor([i])).states()
            here = -build(1).free_energy(state, out)
            others = []
            for s in states:
                flat = x.reshape(len(x), -1, *u.shape[last:]).clone()
                flat[:, i] = s[0]
                others.append(-build(1).free_energy({**state, name: flat.reshape(x.shape)}, out))
            total += (here - torch.logsumexp(torch.stack(others), 0)).detach()
    return total


@pytest.mark.parametrize(("name", "seen"), CASES)
def test_it_is_the_enumerated_one(name, seen):
    graph = GRAPHS[name]()
    groups = seen.split("+")
    state = {n: x for n, x in random_state(graph, seed=9).items() if n in groups}
    out = tuple(n for n in graph.units if n not in groups)
    assert_close(pseudo_log_likelihood(graph, state), enumerated(lambda k: graph, state, out))


@pytest.mark.parametrize("view", [v for v in VIEWS if "clamped" not in v])
@pytest.mark.parametrize("name", ["rbm", "rbm-categorical", "deep", "affine", "semi-restricted"])
def test_it_is_that_of_every_view(name, view):
    base = GRAPHS[name]()
    state = random_state(base, seed=9)
    seen = {n: x for n, x in state.items() if n in ("v", "top", "h2")}

    def build(k) -> Graph:
        return VIEWS[view].build(base, k)

    out = tuple(n for n in base.units if n not in seen)
    assert_close(pseudo_log_likelihood(build(1), seen), enumerated(build, seen, out))


@pytest.mark.parametrize("name", ["rbm", "rbm-categorical", "boltzmann", "semi-restricted"])
def test_a_draw_of_units_is_right_on_average(name):
    graph = GRAPHS[name]()
    state = {next(iter(graph.units)): random_state(graph, seed=9)[next(iter(graph.units))]}
    exact = pseudo_log_likelihood(graph, state)
    source = generator(0)
    draws = torch.stack(
        [pseudo_log_likelihood(graph, state, units=1, source=source) for _ in range(1500)]
    )
    error = draws.std(0) / len(draws) ** 0.5
    assert bool(((draws.mean(0) - exact).abs() < 5 * error + 1e-9).all())
    assert bool((draws.std(0) > 1e-6).any())


# --- the law can fail --------------------------------------------------------------------------


def test_a_forgotten_field_is_caught():
    graph = GRAPHS["rbm"]()
    state = {"v": random_state(graph, seed=9)["v"]}
    off = shifted(graph, {"h": torch.full((3,), 0.02, dtype=torch.float64)})
    found = pseudo_log_likelihood(off, state)
    assert (found - enumerated(lambda k: graph, state, ("h",))).abs().max() > 1e-4
