"""log Z along a trajectory of checkpoints, against enumeration."""

import copy
import math

import pytest
import torch

from harmonium import exact, rbm
from harmonium.learning import PCD, Learner, start_from
from harmonium.random import generator, seeded
from harmonium.sampling import along, log_z_along
from tests.laws import judge


@pytest.fixture(scope="module")
def checkpoints():
    """A machine that learns two opposite patterns, at updates 1, 10, 30, 100 and 300."""
    source = generator(3)
    pattern = (torch.arange(8) < 4).float()
    x = torch.cat([pattern.expand(30, 8), (1 - pattern).expand(20, 8)])
    x = (x - (torch.rand(x.shape, generator=source) < 0.1).float()).abs()
    with seeded(0):
        graph = rbm(8, 4)
    start_from(graph, {"v": x})
    optimiser = torch.optim.SGD(graph.parameters(), lr=0.3)
    learner = Learner(graph, optimiser, contrast=PCD(), source=source)
    found = []
    for update in range(1, 301):
        learner.step({"v": x})
        if update in {1, 10, 30, 100, 300}:
            found.append(copy.deepcopy(graph))
    return found


def test_two_standard_errors_cover_the_truth(checkpoints, monkeypatch):
    """In 48 groups of 24 columns, from both sides; and the errors are as large as they say."""
    z = exact.log_partition(checkpoints[-1])
    assert abs(float(z - exact.log_partition(checkpoints[0]))) > 3
    estimate, groups = along._estimate, []

    def apart(log_means, log_z0, *, sign):
        parts = log_means.split(24, dim=1)
        groups.append([estimate(part, log_z0, sign=sign) for part in parts])
        return estimate(log_means, log_z0, sign=sign)

    monkeypatch.setattr(along, "_estimate", apart)
    log_z_along(checkpoints, chains=48 * 24, sweeps=25, burn_in=50, source=generator(1))
    for found in groups:
        assert len(found) == 48
        assert all(1 <= e.ess <= 24 for e in found)
        scores = torch.stack([(e.log_z - z) / e.stderr for e in found])
        hits = int((scores.abs() < 2).sum())
        assert abs(judge.share(hits, 48, 0.95)) < judge.LIMIT
        assert 0.7 < float(scores.std()) < 1.5
        assert abs(float(scores.mean())) * math.sqrt(48) < judge.LIMIT


def test_each_side_alone_is_exact_where_replicas_are(checkpoints):
    """Many columns: both sides come down on log Z, and on each other."""
    found = log_z_along(checkpoints, chains=1000, sweeps=20, burn_in=30, source=generator(0))
    z = float(exact.log_partition(checkpoints[-1]))
    for side in (found.forward, found.reverse):
        assert float(side.stderr) < 0.05
        assert float(side.log_z) == pytest.approx(z, abs=4 * float(side.stderr))
    assert found.replicas.trips.sum() > 0
    assert found.replicas.rejection.shape == (5,)


def test_machines_that_are_far_apart_have_few_effective_columns(checkpoints):
    """A ladder with a hole: the error says so."""
    hole = [checkpoints[0], checkpoints[-1]]
    found = log_z_along(hole, chains=50, sweeps=20, source=generator(0))
    whole = log_z_along(checkpoints, chains=50, sweeps=20, source=generator(0))
    assert found.forward.ess < whole.forward.ess
    assert found.forward.stderr > whole.forward.stderr


def test_rungs_that_have_not_come_to_equilibrium_are_caught(checkpoints):
    """The wrong specimen: replicas that never left the independent units they began as."""
    found = log_z_along(checkpoints, chains=1000, sweeps=1, burn_in=0, source=generator(0))
    z = float(exact.log_partition(checkpoints[-1]))
    assert abs(float(found.reverse.log_z) - z) > 5 * float(found.reverse.stderr)


def test_no_machine_and_no_spread():
    with pytest.raises(ValueError, match="at least one checkpoint and two columns are needed"):
        log_z_along([])
    with pytest.raises(ValueError, match="at least one checkpoint and two columns are needed"):
        log_z_along([rbm(3, 2)], chains=1)


def test_the_error_of_columns_counts_how_their_pairs_hang_together():
    """Pairs that are off together add up, pairs that make up for each other do not count."""
    a, b = 0.05 * torch.randn(2, 4000, generator=generator(2), dtype=torch.float64)
    one = float(a.exp().std() / a.exp().mean()) / 4000**0.5
    for other, expected in ((a, 2 * one), (b, 2**0.5 * one), (-a, 0.0)):
        found = along._estimate(torch.stack([a, other]), torch.zeros(()).double(), sign=1)
        assert float(found.stderr) == pytest.approx(expected, rel=0.1, abs=0.1 * one)
        assert float(found.ess) == pytest.approx(4000 / (1 + 4000 * expected**2), rel=0.01)
