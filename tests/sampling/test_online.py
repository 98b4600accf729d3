"""log Z followed through training: right on average, with the right spread, and resumable."""

import copy

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.learning import PCD, Learner
from harmonium.machines import rbm
from harmonium.random import generator
from harmonium.sampling import OnlineLogZ
from harmonium.units import Bernoulli, Categorical, Gaussian, Spin
from tests.laws import judge
from tests.laws.registry import GRAPHS
from tests.laws.specimens import randomised


def trajectory(graph, *, updates, rate, seed=0):
    """Parameters along a training run on two patterns, the first ones included."""
    x = torch.zeros(40, *graph.units["v"].shape, dtype=torch.float64)
    x.flatten(1)[:20, ::2], x.flatten(1)[20:, 1::2] = 1, 1
    learner = Learner(
        graph,
        torch.optim.SGD(graph.parameters(), lr=rate),
        contrast=PCD(chains=40),
        source=generator(seed),
    )
    path = [copy.deepcopy(graph.state_dict())]
    for _ in range(updates):
        learner.step({"v": x})
        path.append(copy.deepcopy(graph.state_dict()))
    return path


def followed(graph, path, *, seed, kind=OnlineLogZ, chains=100, betas=20):
    graph.load_state_dict(path[0])
    follow = kind(graph, chains=chains, betas=betas, source=generator(seed))
    for parameters in path[1:]:
        graph.load_state_dict(parameters)
        estimate = follow()
    return estimate


def runs(path, *, kind=OnlineLogZ, count=24, **settings):
    """(estimates - exact, standard errors) of many independent runs."""
    graph = rbm(6, 4).double()
    graph.load_state_dict(path[-1])
    truth = exact.log_partition(graph)
    found = [followed(graph, path, seed=s, kind=kind, **settings) for s in range(count)]
    errors = torch.stack([e.log_z for e in found]) - truth
    return errors, torch.stack([e.stderr for e in found])


@pytest.fixture(scope="module")
def slow():
    return trajectory(randomised(rbm(6, 4), 1, std=0.1), updates=40, rate=0.3)


@pytest.fixture(scope="module")
def fast():
    return trajectory(randomised(rbm(6, 4), 1, std=0.1), updates=8, rate=3.0)


def test_it_agrees_with_the_exact_one_within_its_error(slow):
    """24 runs of 40 updates: no bias, and errors of the size that is stated."""
    errors, stated = runs(slow)
    z = errors / stated
    assert bool((z.abs() < 4).all())
    assert 0.6 < float(z.square().mean().sqrt()) < 1.5
    assert abs(judge.mean(errors[:, None], torch.zeros(1))) < 4
    assert float(errors.mean().abs()) < 0.01
    assert float(stated.max()) < 0.06


def test_the_mean_weight_is_unbiased_even_where_the_machine_jumps(fast):
    """Resampling included: it happens on this path."""
    errors, _ = runs(fast, count=80, chains=50)
    assert float(errors.std()) > 0.05
    ratio = errors.exp()[:, None]
    assert abs(judge.mean(ratio, torch.ones(1))) < 4


class Late(OnlineLogZ):
    """Wrong on purpose: moves the chains before it weighs them."""

    def _weigh(self, here, there):
        self._move(there)
        super()._weigh(here, there)


def test_weights_taken_after_the_move_are_caught(fast):
    errors, _ = runs(fast, kind=Late, count=80, chains=50)
    assert abs(judge.mean(errors.exp()[:, None], torch.ones(1))) > 6


@pytest.mark.parametrize(
    ("visible", "hidden"),
    [
        (lambda: Gaussian(4), lambda: Bernoulli(4)),
        (lambda: Categorical(4, 2), lambda: Bernoulli(4)),
        (lambda: Bernoulli(6), lambda: Spin(4)),
    ],
)
def test_other_families_are_followed_too(visible, hidden):
    graph = randomised(rbm(visible(), hidden()), 2, std=0.1)
    path = trajectory(graph, updates=20, rate=0.1)
    estimate = followed(graph, path, seed=3, chains=400)
    assert abs(float((estimate.log_z - exact.log_partition(graph)) / estimate.stderr)) < 4


@pytest.mark.parametrize("name", ["deep", "boltzmann-spin", "triangle", "affine", "stranger"])
def test_any_machine_can_be_followed_from_where_it_is(name):
    graph = GRAPHS[name]()
    follow = OnlineLogZ(graph, chains=1000, betas=60, source=generator(1))
    with torch.no_grad():
        for p in graph.parameters():
            p.mul_(0.9)
    estimate = follow()
    assert abs(float((estimate.log_z - exact.log_partition(graph)) / estimate.stderr)) < 4


def test_base_rates_shorten_the_beginning():
    graph = randomised(rbm(6, 4), 1, std=1.0)
    base = {n: m[0] for n, m in exact.moments(graph).items()}
    plain, better = (
        OnlineLogZ(graph, betas=5, chains=2000, base=b, source=generator(1)) for b in (None, base)
    )
    assert float(better.estimate().ess) > float(plain.estimate().ess)
    truth = exact.log_partition(graph)
    for follow in (plain, better):
        estimate = follow.estimate()
        assert abs(float((estimate.log_z - truth) / estimate.stderr)) < 4


def test_it_goes_on_to_the_bit_and_leaves_the_machine_alone(slow):
    graph = rbm(6, 4).double()
    graph.load_state_dict(slow[0])
    follow = OnlineLogZ(graph, chains=20, betas=5, source=generator(1))
    graph.load_state_dict(slow[20])
    follow()
    saved = copy.deepcopy(follow.state_dict())
    graph.load_state_dict(slow[40])
    one = follow()
    assert all(torch.equal(t, slow[40][name]) for name, t in graph.state_dict().items())
    graph.load_state_dict(slow[0])
    other = OnlineLogZ(graph, chains=20, betas=5, source=generator(7))
    other.load_state_dict(saved)
    graph.load_state_dict(slow[40])
    two = other()
    assert torch.equal(one.log_weights, two.log_weights)
    assert_close(one.log_z, two.log_z, rtol=0, atol=0)


def test_parameters_that_are_not_finite_are_an_error():
    graph = rbm(4, 3)
    follow = OnlineLogZ(graph, chains=5, betas=2, source=generator(0))
    with torch.no_grad():
        graph.edges[0].connection.weight[0, 0] = torch.nan
    with pytest.raises(ValueError, match="lower the learning rate"):
        follow()


def test_the_error_before_a_resampling_is_kept():
    """A jump makes the chains resample; while the machine then stays, so does the error."""
    graph = randomised(rbm(6, 4), 1, std=0.1)
    follow = OnlineLogZ(graph, chains=60, betas=5, source=generator(1))
    before = follow()
    with torch.no_grad():
        graph.edges[0].connection.weight.mul_(25)
    jumped = follow()
    assert float(jumped.ess) < 30
    assert float(follow.log_w.abs().max()) == 0  # resampled
    again = follow()
    assert float(again.ess) == pytest.approx(60)
    assert float(again.stderr) == pytest.approx(float(jumped.stderr))
    assert float(jumped.stderr) > 5 * float(before.stderr)
    with torch.no_grad():
        graph.edges[0].connection.weight.mul_(0.9)
    moved = follow()
    own = moved.log_weights.exp()
    added = own.var() / own.mean().square() / 60
    assert_close(moved.stderr.square(), jumped.stderr.square() + added)


def test_resampling_keeps_each_chain_as_often_as_its_weight_on_average():
    """Systematic: floor or ceil of chains x weight, and that number as the mean."""
    graph = randomised(rbm(6, 4), 1, std=0.1)
    follow = OnlineLogZ(graph, chains=5, betas=2, source=generator(1))
    share = torch.tensor([0.42, 0.28, 0.15, 0.1, 0.05]).double()
    counts = torch.zeros(5).double()
    for _ in range(2000):
        follow.state = {"v": torch.arange(5.0)[:, None]}
        follow.log_w = share.log()
        follow._resample(follow.estimate())
        drawn = torch.bincount(follow.state["v"][:, 0].long(), minlength=5)
        assert bool((drawn >= (5 * share).floor()).all())
        assert bool((drawn <= (5 * share).ceil()).all())
        counts += drawn
    assert_close(counts / 2000, 5 * share, rtol=0, atol=0.06)
