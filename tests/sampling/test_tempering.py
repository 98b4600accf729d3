"""Parallel tempering: swaps that keep every rung's distribution, ladders, what they are for."""

import copy
import math

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact, rbm
from harmonium.random import generator
from harmonium.sampling import Ladder, ladder, run, start, tempered, tuned
from harmonium.sampling import tempering as module
from tests.laws import judge
from tests.laws.enumeration import counted
from tests.laws.registry import GRAPHS
from tests.laws.specimens import randomised

CHAINS = 400_000
BETAS = [0.2, 0.6, 1.0]


def small():
    """Strong enough that neighbouring rungs differ: a wrong swap shows."""
    return randomised(rbm(2, 2), 3, std=2.0)


def exactly(rungs, *, chains=CHAINS, seed=1):
    """Replicas that start at every rung's own distribution."""
    replicas = rungs.start(chains=2, source=generator(seed))
    parts = [exact.draw(g, chains, source=generator(seed + i)) for i, g in enumerate(rungs.graphs)]
    n = len(parts)
    walker = torch.arange(n)[:, None].expand(-1, chains).clone()
    leg = torch.zeros_like(walker)
    leg[0] = 1
    return module.replace(
        replicas,
        states={name: torch.cat([p[name] for p in parts]) for name in parts[0]},
        walker=walker,
        leg=leg,
        trips=torch.zeros(chains, dtype=torch.long),
    )


def drifts(rungs, replicas):
    """z of each rung against its own distribution, and of neighbours against their product."""
    found = []
    for r, g in enumerate(rungs.graphs):
        found.append(judge.chi_square(counted(g, replicas.rung(r)), exact.distribution(g)[1]))
    for r, (g, warmer) in enumerate(zip(rungs.graphs[1:], rungs.graphs, strict=False)):
        (_, p), (_, q) = exact.distribution(warmer), exact.distribution(g)
        one, other = replicas.rung(r), replicas.rung(r + 1)
        here, there = indices(warmer, one), indices(g, other)
        joint = torch.bincount(here * len(q) + there, minlength=len(p) * len(q))
        found.append(judge.chi_square(joint, p.outer(q).flatten()))
    return found


def indices(graph, state):
    """The number of each row's state in the order of ``exact.distribution``."""
    joint = 0
    for name, units in graph.units.items():
        every = units.states().flatten(1)
        match = (state[name].flatten(1)[:, None] == every).all(2)
        joint = joint * len(every) + match.long().argmax(1)
    return joint


# --- the law of no drift -------------------------------------------------------------------------


def test_swaps_keep_every_rungs_distribution_and_their_independence():
    rungs = Ladder(ladder(small(), BETAS))
    replicas = rungs.run(exactly(rungs), sweeps=3, source=generator(9))
    assert max(abs(z) for z in drifts(rungs, replicas)) < judge.LIMIT
    assert 0.05 < float(replicas.rejection.min()) < 0.95


def test_graphs_with_parameters_of_their_own_do_so_too():
    one = small()
    other = copy.deepcopy(one)
    with torch.no_grad():
        other.connections["v-h"].weight.mul_(0.5)
        other.units["v"].bias.add_(1.0)
    rungs = Ladder([tempered(other, 0.3), other, one])
    replicas = rungs.run(exactly(rungs), sweeps=3, source=generator(9))
    assert max(abs(z) for z in drifts(rungs, replicas)) < judge.LIMIT


@pytest.mark.parametrize("name", ["deep", "boltzmann-spin", "classifier"])
def test_other_machines_stay_too(name):
    rungs = Ladder(ladder(GRAPHS[name](), [0.0, 0.5, 1.0]))
    replicas = rungs.run(exactly(rungs, chains=200_000), sweeps=2, source=generator(9))
    zs = [
        judge.chi_square(counted(g, replicas.rung(r)), exact.distribution(g)[1])
        for r, g in enumerate(rungs.graphs)
    ]
    assert max(abs(z) for z in zs) < judge.LIMIT


def test_a_gaussians_variance_does_not_grow_on_the_hot_rungs():
    graph = GRAPHS["rbm-gaussian"]()
    rungs = Ladder(ladder(graph, [0.0, 0.5, 1.0]))
    replicas = rungs.run(rungs.start(chains=50_000, source=generator(1)), sweeps=20)
    hot = replicas.rung(0)["v"]
    precision = graph.units["v"].precision().detach()
    assert_close(hot.var(0), 1 / precision, rtol=0.05, atol=0)
    cold = replicas.rung(-1)["v"]
    first, second = exact.moments(graph)["v"]
    assert_close(cold.mean(0), first.detach(), rtol=0, atol=0.03)
    assert_close(-cold.square().mean(0) / 2, second.detach(), rtol=0.05, atol=0.02)


def wrong_swaps(monkeypatch, *, change):
    original = module._exchange
    monkeypatch.setattr(
        module,
        "_exchange",
        lambda replicas, gain, **more: original(replicas, change(gain), **more),
    )


@pytest.mark.parametrize(
    "change",
    [lambda gain: -gain, lambda gain: 0.9 * gain, lambda gain: 0 * gain],
    ids=["sign", "temperature", "always"],
)
def test_wrong_acceptance_is_caught(monkeypatch, change):
    wrong_swaps(monkeypatch, change=change)
    rungs = Ladder(ladder(small(), BETAS))
    replicas = rungs.run(exactly(rungs), sweeps=2, source=generator(9))
    assert max(abs(z) for z in drifts(rungs, replicas)) > judge.LIMIT


def test_swaps_by_scaled_free_energies_are_caught(monkeypatch):
    """exp(-beta F(v)) is not the marginal of the machine at beta."""

    def by_free_energy(self, states, whole, *, under, chains):
        del whole
        target = self.graphs[-1].free_energy(states, ("h",)).reshape(len(under), chains)
        return torch.tensor(BETAS)[list(under)][:, None] * target

    monkeypatch.setattr(Ladder, "_energies", by_free_energy)
    rungs = Ladder(ladder(small(), BETAS))
    replicas = rungs.run(exactly(rungs), sweeps=2, source=generator(9))
    assert max(abs(z) for z in drifts(rungs, replicas)) > judge.LIMIT


# --- two modes -----------------------------------------------------------------------------------


def two_modes(n=10, m=4, *, weight=2.0, tilt=0.08):
    """All units on, or all off: E = -w sum (v - 1/2)(h - 1/2) and a field that prefers one."""
    graph = rbm(n, m).double()
    with torch.no_grad():
        graph.connections["v-h"].weight.fill_(weight)
        graph.units["v"].bias.fill_(-weight * m / 2 + tilt)
        graph.units["h"].bias.fill_(-weight * n / 2)
    return graph


HALF = {"v": torch.full((10,), 0.5).double(), "h": torch.full((4,), 0.5).double()}
"""Means between the modes. From its biases alone, 'all off', a ladder would lead to one."""


def histogram(graph, v=None):
    """How many visible units are on, ``(n + 1,)``: of samples, or by enumeration."""
    n = graph.units["v"].shape.numel()
    if v is not None:
        return torch.bincount(v.sum(1).long(), minlength=n + 1) / len(v)
    states, p = exact.distribution(graph)
    on = states["v"].sum(1).long()
    return torch.zeros(n + 1, dtype=torch.float64).index_add_(0, on, p)


def apart(one, other):
    """The total variation distance."""
    return float((one - other).abs().sum()) / 2


def test_where_gibbs_sampling_is_stuck_replicas_find_both_modes():
    graph = two_modes()
    truth = histogram(graph)
    assert 0.2 < float(truth[:3].sum()) < 0.4  # both count, one more
    assert 0.6 < float(truth[-3:].sum()) < 0.8
    far = {"v": torch.zeros(1000, 10).double(), "h": torch.zeros(1000, 4).double()}
    stuck = run(graph, far, sweeps=500, source=generator(1))
    assert apart(histogram(graph, stuck["v"]), truth) > 0.5
    rungs = Ladder(ladder(graph, torch.linspace(0, 1, 9), base=HALF))
    replicas = rungs.start(chains=1000, source=generator(2))
    cold = module.replace(
        replicas, states={n: torch.zeros_like(x) for n, x in replicas.states.items()}
    )
    cold = rungs.run(cold, sweeps=500, source=generator(3))
    assert apart(histogram(graph, cold.rung(-1)["v"]), truth) < 0.08
    assert float(cold.trips.double().mean()) > 3


def test_a_tuned_ladder_rejects_alike_and_makes_more_round_trips():
    graph = two_modes(weight=2.5)
    betas = torch.tensor([0.0, 0.05, 0.1, 0.15, 0.2, 0.6, 1.0], dtype=torch.float64)
    rates, trips = [], []
    for _ in range(4):
        rungs = Ladder(ladder(graph, betas, base=HALF))
        burnt = rungs.run(rungs.start(chains=200, source=generator(1)), sweeps=100)
        replicas = rungs.run(burnt.forgotten(), sweeps=300, source=generator(2))
        rates.append(replicas.rejection)
        trips.append(float(replicas.trips.double().mean()))
        betas = tuned(betas, replicas.rejection)
    spread = [float(r.max() - r.min()) for r in rates]
    assert spread[0] > 0.3
    assert spread[-1] < 0.12
    assert trips[-1] > 1.5 * trips[0] > 0


# --- bookkeeping ---------------------------------------------------------------------------------


def test_even_and_odd_pairs_take_turns():
    rungs = Ladder(ladder(small(), [0.0, 0.3, 0.6, 1.0]))
    assert rungs._partners(0) == [1, 0, 3, 2]
    assert rungs._partners(1) == [0, 2, 1, 3]
    replicas = rungs.run(rungs.start(chains=10, source=generator(1)), sweeps=5)
    assert replicas.tried.tolist() == [30, 20, 30]
    assert replicas.turn == 1
    assert replicas.forgotten().tried.tolist() == [0, 0, 0]


def test_walkers_are_permuted_and_their_round_trips_counted(monkeypatch):
    """Every swap accepted: each walker goes up and down for ever, like clockwork."""
    wrong_swaps(monkeypatch, change=lambda gain: torch.full_like(gain, math.inf))
    rungs = Ladder(ladder(small(), [0.0, 0.5, 1.0]))
    replicas = rungs.start(chains=4, source=generator(1))
    for _ in range(6):
        replicas = rungs.run(replicas, sweeps=1, source=generator(2))
        assert replicas.walker.sort(0).values.equal(torch.arange(3)[:, None].expand(-1, 4))
    assert replicas.walker[:, 0].tolist() == [0, 1, 2]
    assert replicas.trips.tolist() == [1] * 4  # only walker 0 began hot: back after six turns
    replicas = rungs.run(replicas, sweeps=6, source=generator(2))
    assert replicas.trips.tolist() == [4] * 4


def test_a_run_in_two_parts_is_the_same_run():
    rungs = Ladder(ladder(GRAPHS["deep"](), [0.0, 0.5, 1.0]))
    begun = rungs.start(chains=5, source=generator(1))
    source = generator(2)
    parts = rungs.run(rungs.run(begun, sweeps=3, source=source), sweeps=2, source=source)
    whole = rungs.run(begun, sweeps=5, source=generator(2))
    assert all(torch.equal(parts.states[n], whole.states[n]) for n in whole.states)
    assert torch.equal(parts.walker, whole.walker)
    assert_close(parts.accepted, whole.accepted)


def test_rungs_are_parts_of_the_stack():
    rungs = Ladder(ladder(small(), [0.0, 1.0]))
    replicas = rungs.start(chains=3, source=generator(1))
    assert torch.equal(replicas.rung(-1)["v"], replicas.states["v"][3:])
    assert torch.equal(replicas.rung(0)["v"], replicas.states["v"][:3])


def test_tuning_cuts_the_barrier_into_equal_parts():
    betas = [0.0, 0.5, 1.0]
    assert tuned(betas, torch.tensor([0.3, 0.3])).tolist() == pytest.approx(betas)
    steep = tuned(betas, torch.tensor([0.1, 0.5]), rungs=4)
    assert steep.tolist() == pytest.approx([0.0, 0.6, 0.8, 1.0])


def test_ladders_that_lead_nowhere_are_refused():
    graph = small()
    with pytest.raises(ValueError, match="at least two graphs with the same groups"):
        Ladder([graph])
    with pytest.raises(ValueError, match="at least two graphs with the same groups"):
        Ladder([graph, GRAPHS["deep"]()])
    for betas in ([1.0], [0.0, 0.5], [0.5, 0.2, 1.0], [-0.1, 1.0]):
        with pytest.raises(ValueError, match="must rise from at least 0 to 1"):
            ladder(graph, betas)


def test_chains_start_from_the_base_rates():
    graph = rbm(3, 2).double()
    views = ladder(graph, [0.0, 1.0], base={"v": torch.tensor([0.1, 0.5, 0.9]).double()})
    drawn = start(views[0], 20_000, source=generator(1))["v"].mean(0)
    assert_close(drawn, torch.tensor([0.1, 0.5, 0.9]).double(), rtol=0, atol=0.02)
