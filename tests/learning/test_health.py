"""Each pathology is built and seen; a healthy run is left in peace."""

import pytest
import torch

from harmonium import ais, rbm
from harmonium.learning import (
    CD,
    PCD,
    Finding,
    Learner,
    Watch,
    linear_decay,
    reliable,
    start_from,
)
from harmonium.machines import boltzmann, dbm
from harmonium.random import generator, seeded
from harmonium.sampling import scaled
from harmonium.units import Gaussian, Rectified, Spin
from tests.laws.specimens import randomised


def bars(n=3):
    lines = (torch.arange(2**n)[:, None] >> torch.arange(n) & 1).float()
    down = lines[:, :, None].expand(-1, n, n).flatten(1)
    across = lines[:, None, :].expand(-1, n, n).flatten(1)
    return torch.unique(torch.cat([down, across]), dim=0)


def learner(*, rate=0.1, hidden=12, contrast=None, seed=1, **settings):
    with seeded(seed):
        graph = rbm(9, hidden, std=0.1)
    start_from(graph, {"v": bars()})
    optimiser = torch.optim.SGD(graph.parameters(), lr=rate)
    return Learner(
        graph, optimiser, contrast or PCD(1, chains=100), source=generator(seed), **settings
    )


def trained(one, *, updates=300, watch=None):
    watch = watch or Watch(one)
    schedule = linear_decay(one.optimiser, updates, constant=0.5)
    for _ in range(updates):
        one.step({"v": bars()})
        watch.note()
        schedule.step()
    return watch


def kinds(findings):
    assert all(isinstance(f, Finding) and f.message for f in findings)
    return {f.kind for f in findings}


# --- healthy runs --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_healthy_run_is_left_in_peace(seed):
    one = learner(seed=seed)
    watch = Watch(one)
    for _ in range(4):
        trained(one, updates=100, watch=watch)
        assert watch.findings({"v": bars()}) == []


@pytest.mark.parametrize("make", [lambda: dbm(9, 6, 4, std=0.1), lambda: boltzmann(9, 4, std=0.1)])
def test_so_are_other_machines(make):
    with seeded(1):
        graph = make()
    start_from(graph, {"v": bars()})
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.05)
    one = Learner(graph, optimiser, PCD(1, chains=50), source=generator(1))
    watch = trained(one, updates=60)
    assert watch.findings({"v": bars()}) == []


def test_before_the_first_note_and_without_chains():
    one = learner(contrast=CD())
    watch = Watch(one)
    assert watch.findings({"v": bars()}) == []
    assert trained(one, updates=20, watch=watch).findings({"v": bars()}) == []


# --- pathologies ---------------------------------------------------------------------------------


def test_chains_that_lag_behind():
    """A constant rate of 2: the likelihood gets worse again, and the chains tell why."""
    one = learner(rate=2.0)
    watch = Watch(one)
    for _ in range(200):
        one.step({"v": bars()})
        watch.note()
    (found,) = [f for f in watch.findings({"v": bars()}) if f.kind == "lagging"]
    assert found.value > 1
    assert "Lower the learning rate" in found.message


def test_looking_draws_nothing_from_the_learners_source():
    one = learner()
    watch = trained(one, updates=60)
    before = one.state_dict()
    watch.findings({"v": bars()})
    after = one.state_dict()
    assert torch.equal(before["source"], after["source"])
    assert all(torch.equal(x, after["chains"][n]) for n, x in before["chains"].items())


def test_chains_that_stand_still_in_different_places():
    one = learner(rate=0.0)
    with torch.no_grad():  # wells so deep that nothing leaves them
        one.graph.connections["v-h"].weight.copy_(40 * torch.eye(12, 9))
        one.graph.units["v"].bias.fill_(-20.0)
        one.graph.units["h"].bias.fill_(-20.0)
        one.graph.units["v"].bias.add_(0.3 * torch.randn(9, generator=generator(1)))
    v = (torch.rand(100, 9, generator=generator(1)) < 0.5).float()
    one.chains = {"v": v, "h": torch.cat([v, torch.zeros(100, 3)], 1)}
    watch = trained(one, updates=100)
    assert kinds(watch.findings({"v": bars()})) >= {"frozen", "disagreeing"}


@pytest.mark.parametrize(("bias", "kind"), [(-30.0, "dead"), (30.0, "saturated")])
@pytest.mark.parametrize("family", [lambda n: n, Spin])
def test_hidden_units_that_carry_nothing(bias, kind, family):
    one = learner(hidden=family(12))
    with torch.no_grad():
        one.graph.units["h"].bias[:6] += bias
    found = [f for f in Watch(one).findings({"v": bars()}) if f.kind == kind]
    assert [f.value for f in found] == [0.5]
    assert "50% of the units of 'h'" in found[0].message


def test_rectified_units_may_be_dead_real_ones_never():
    for family, expected in ((Rectified(12), {"dead"}), (Gaussian(12), set())):
        one = learner(hidden=family)
        with torch.no_grad():
            one.graph.units["h"].bias -= 2000
        assert kinds(Watch(one).findings({"v": bars()})) == expected


def test_weights_that_run_away():
    one = learner()
    with torch.no_grad():
        one.graph.connections["v-h"].weight[3, 4] = -50
    found = Watch(one).findings({"v": bars()})
    assert kinds(found) == {"runaway"}
    assert "a weight of 'v-h' has reached 50 (limit 20)" in found[0].message
    with torch.no_grad():
        one.graph.connections["v-h"].weight[3, 4] = float("nan")
    assert "runaway" in kinds(Watch(one).findings({"v": bars()}))


def test_an_estimate_not_to_be_believed():
    graph = randomised(rbm(10, 8), 1, std=1.0)
    assert reliable(ais(graph, betas=100, chains=100, source=generator(1))) == []
    strong = scaled(graph, {("v", "h"): 12.0})
    (found,) = reliable(ais(strong, betas=2, chains=100, source=generator(1)))
    assert found.kind == "unreliable"
    assert "Take more betas" in found.message
