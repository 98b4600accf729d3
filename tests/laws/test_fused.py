"""The fused update obeys its oracle, the readable one, and its chains the no-drift law.

In double precision both draw the same numbers, so that they walk the same path for as long as
rounding does not tip a draw: 40 updates here.
"""

import copy

import pytest
import torch

from harmonium import Bernoulli, Dense, EnergyGraph, exact, random, rbm
from harmonium.learning import CD, L2, PCD, Learner, linear_decay
from harmonium.random import generator
from harmonium.sampling import mean
from tests.laws import judge
from tests.laws.enumeration import counted
from tests.laws.registry import GRAPHS
from tests.laws.specimens import numbers, randomised
from tests.laws.test_no_drift import CHAINS, chains

UPDATES = 40


def shaped():
    wires = {("h", "v"): Dense((2, 2), (3, 2))}
    return EnergyGraph({"v": Bernoulli(3, 2), "h": Bernoulli(2, 2)}, wires)


def sgd(graph, **settings):
    return torch.optim.SGD(graph.parameters(), **{"lr": 0.05, **settings})


def groups(graph):
    weights = {"params": graph.connections.parameters(), "lr": 0.05, "momentum": 0.5}
    return torch.optim.SGD([weights, {"params": graph.units.parameters()}], lr=0.01)


CASES = {
    "pcd": (lambda: rbm(6, 4), sgd, {"contrast": PCD(chains=9)}),
    "pcd-plain": (lambda: rbm(6, 4), sgd, {"contrast": PCD(chains=9), "centring": None}),
    "pcd-3": (lambda: rbm(6, 4), sgd, {"contrast": PCD(3, chains=5)}),
    "pcd-decayed": (lambda: rbm(6, 4), sgd, {"contrast": PCD(), "penalties": [L2(0.1), L2(0.3)]}),
    "pcd-momentum": (
        lambda: rbm(6, 4),
        lambda graph: sgd(graph, momentum=0.9),
        {"contrast": PCD(), "penalties": [L2(0.4)]},
    ),
    "pcd-groups": (lambda: rbm(6, 4), groups, {"contrast": PCD(chains=4)}),
    "pcd-shaped": (shaped, groups, {"contrast": PCD(2, chains=4), "penalties": [L2(0.2)]}),
    "cd": (lambda: rbm(6, 4), sgd, {"contrast": CD()}),
    "cd-3": (lambda: rbm(6, 4), groups, {"contrast": CD(3)}),
    "cd-mean": (lambda: rbm(6, 4), sgd, {"contrast": CD(2, mean), "centring": None}),
    "cd-shaped": (shaped, sgd, {"contrast": CD(), "penalties": [L2(0.2)]}),
}


def pair(case, *, dtype):
    """The same learner twice: fused, and not."""
    build, optimiser, settings = CASES[case]
    graph = randomised(build(), 3).to(dtype)
    twins = graph, copy.deepcopy(graph)
    return [
        Learner(g, optimiser(g), source=generator(5), fused=fast, **settings)
        for g, fast in zip(twins, (True, False), strict=True)
    ]


def batches(learner, *, dtype, weighted):
    """Of two sizes, with and without weights in turn."""
    shape = learner.graph.units["v"].shape
    for k in range(UPDATES):
        v = (numbers(7 - k % 2, *shape, seed=k) > 0.2).to(dtype)
        weights = torch.arange(1.0, len(v) + 1) if weighted and k % 3 else None
        yield {"v": v}, weights


def left(learner):
    """All that an update leaves behind."""
    moving = learner.optimiser.state
    return {
        **{f"value {n}": p.detach() for n, p in learner.graph.named_parameters()},
        **{
            f"momentum {n}": moving[p]["momentum_buffer"]
            for n, p in learner.graph.named_parameters()
            if moving.get(p, {}).get("momentum_buffer") is not None
        },
        **{f"chain {n}": x for n, x in learner.chains.items()},
        **{f"offset {n}": x for n, x in learner.offsets.items()},
    }


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)], ids=["64", "32"]
)
def test_it_walks_with_the_readable_update(case, dtype, tolerance, weighted):
    fast, slow = pair(case, dtype=dtype)
    begun = {name: x.clone() for name, x in left(slow).items()}
    schedules = [linear_decay(learner.optimiser, 2 * UPDATES) for learner in (fast, slow)]
    for batch, weights in batches(fast, dtype=dtype, weighted=weighted):
        if isinstance(fast.contrast, CD):  # which leaves out a draw that nobody looks at
            slow.source.set_state(fast.source.get_state())
        for learner, schedule in zip((fast, slow), schedules, strict=True):
            learner.step(batch, weights=weights)
            schedule.step()
        assert all(p.grad is None for p in fast.graph.parameters())
        one, other = left(fast), left(slow)
        assert one.keys() == other.keys()
        for name, x in one.items():
            torch.testing.assert_close(
                x, other[name], rtol=0, atol=tolerance, msg=lambda m, name=name: f"{name}: {m}"
            )
    for name, x in begun.items():
        assert not torch.allclose(x, left(slow)[name], atol=1e-3), name


@pytest.mark.parametrize("case", ["pcd", "pcd-momentum", "cd"])
def test_either_update_goes_on_where_the_other_stopped(case):
    one, other = pair(case, dtype=torch.float64)
    for batch, weights in batches(one, dtype=torch.float64, weighted=False):
        one.fused = not one.fused
        for learner in (one, other):
            learner.source.manual_seed(1)
            learner.step(batch, weights=weights)
    for name, x in left(one).items():
        torch.testing.assert_close(x, left(other)[name], rtol=0, atol=1e-12)


# --- no drift ------------------------------------------------------------------------------------


def drift(name, *, steps=2, seed=1):
    """z of chi-square of chains that start at the target, after a step at a rate of zero."""
    target, graph = GRAPHS[name](), GRAPHS[name](torch.float32)
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.0)
    counts = 0
    for state, source in chains(target, seed=seed):
        learner = Learner(graph, optimiser, contrast=PCD(steps), source=source, chains=state)
        learner.step({"v": state["v"][:1]})
        assert all(p.grad is None for p in graph.parameters())
        counts = counts + counted(target, learner.chains)
    assert int(counts.sum()) == CHAINS
    return judge.chi_square(counts, exact.distribution(target)[1])


@pytest.mark.parametrize("steps", [1, 2])
def test_its_chains_stay_at_the_target(steps):
    assert abs(drift("rbm", steps=steps)) < judge.LIMIT


def test_draws_of_8_bits_are_caught_in_it(monkeypatch):
    whole = random.Dither.__call__

    def coarse(self, source=None):
        return [(256 * u).floor() / 256 for u in whole(self, source)]

    monkeypatch.setattr(random.Dither, "__call__", coarse)
    assert abs(drift("rbm")) > judge.LIMIT
