"""Singular values through training, and the start from the data's principal directions."""

import pytest
import torch
from torch.testing import assert_close

from harmonium import exact
from harmonium.learning import Learner, Spectrum, low_rank_start, singular_values
from harmonium.machines import rbm
from harmonium.random import generator
from harmonium.units import Bernoulli, Categorical, Gaussian, Spin
from tests.laws.registry import GRAPHS
from tests.laws.specimens import numbers, randomised


def correlated(n, d, *, seed=0, rank=2):
    """Real rows with a few strong directions, ``(n, d)``."""
    mix = numbers(d, rank, seed=seed, std=1.5)
    return numbers(n, rank, seed=seed + 1) @ mix.mT + numbers(n, d, seed=seed + 2) + 3


def covariance_of(x):
    return (x - x.mean(0)).mT @ (x - x.mean(0)) / len(x)


@pytest.mark.parametrize("name", ["rbm", "deep", "boltzmann", "rbm-categorical"])
def test_singular_values_are_those_of_the_maps(name):
    graph = GRAPHS[name]()
    for e in graph.edges:
        basis = torch.eye(e.connection.source.numel()).double().unflatten(1, e.connection.source)
        expected = torch.linalg.svdvals(e.connection(basis).flatten(1))
        assert_close(singular_values(graph)[f"{e.source}-{e.target}"], expected)


def test_the_history_follows_training():
    graph = randomised(rbm(6, 3), 1, std=0.01)
    watch = Spectrum(graph)
    learner = Learner(graph, torch.optim.SGD(graph.parameters(), lr=0.5), source=generator(0))
    x = Bernoulli(1).double().sample(torch.zeros(200, 1).double(), generator(1)).expand(200, 6)
    for update in range(3):
        watch(update)
        for _ in range(50):
            learner.step({"v": x})
    first = watch.history("v-h")[:, 0]
    assert watch.updates == [0, 1, 2]
    assert first[0] < 0.1
    assert first[2] > first[1] > 10 * first[0]  # all visible units agree: one mode grows


def test_for_gaussian_units_the_start_is_the_maximum_over_the_weights():
    """Principal directions with variance above the noise are met, the others left to the noise."""
    x = correlated(500, 5)
    graph = rbm(Gaussian(5), Gaussian(3)).double()
    strengths = low_rank_start(graph, x, rank=3, source=generator(0))
    precision = torch.diag(graph.units["v"].log_precision.exp())
    weight = graph.edges[0].connection.weight
    model = torch.linalg.inv(precision - weight.mT @ weight)
    scale = precision.diag().sqrt()
    data = covariance_of(x) * scale[:, None] * scale
    values, vectors = torch.linalg.eigh(data)
    met = torch.where(torch.arange(5) >= 2, values.clamp(min=1), 1.0)
    expected = (vectors * met) @ vectors.mT / (scale[:, None] * scale)
    assert_close(model, expected)
    assert_close(strengths, (1 - 1 / values.flip(0)[:3].clamp(min=1)).sqrt())
    assert 0 < strengths[1] < 1
    # and a step in any direction of W lowers the likelihood

    def log_likelihood(w):
        p = precision - w.mT @ w
        return (torch.linalg.slogdet(p)[1] - (p @ covariance_of(x)).trace()) / 2

    best = log_likelihood(weight)
    for seed in range(20):
        moved = weight + numbers(*weight.shape, seed=seed, std=0.02)
        assert log_likelihood(moved) < best
    # of those with these precisions: larger ones, which the weights leave room for, raise it
    precision = precision * 1.05
    assert log_likelihood(weight) > best


@pytest.mark.parametrize("hidden", [lambda: Gaussian(2), lambda: Bernoulli(12), lambda: Spin(12)])
def test_the_means_stay_and_the_covariances_come_near(hidden):
    """Weakly correlated bits: the linear answer is nearly the exact one."""
    source = generator(3)
    shared = (torch.rand(4000, 1, generator=source) < 0.5).double()
    p = (0.35 + 0.2 * torch.arange(4) / 4 + 0.12 * (2 * shared - 1)).clamp(0, 1)
    x = (torch.rand(4000, 4, generator=source).double() < p).double()
    graph = rbm(Bernoulli(4), hidden()).double()
    low_rank_start(graph, x, rank=1, source=source)
    states = graph.units["v"].states()
    probability = exact.log_prob(graph, {"v": states}).exp()
    mean = torch.tensordot(probability, states, 1)
    assert_close(mean, x.mean(0), rtol=0, atol=0.01)
    model = (states - mean).mT @ ((states - mean) * probability[:, None])
    off = ~torch.eye(4, dtype=torch.bool)
    data = covariance_of(x)
    before = data[off].norm()  # what independent units leave
    assert (model - data)[off].norm() < 0.5 * before


def test_independent_sites_of_letters_start_from_nothing():
    """A one-hot unit's own covariance is no correlation: no spurious directions."""
    codes = torch.randint(4, (20_000, 5), generator=generator(1))
    x = torch.nn.functional.one_hot(codes, 4).double()
    graph = rbm(Categorical(5, 4), 6).double()
    strengths = low_rank_start(graph, x, rank=3, source=generator(0))
    assert strengths.max() < 0.25  # of 15 directions, the largest by chance
    copied = torch.cat([x[:, :1], x[:, :4]], 1)  # the first two sites agree: ratio 2
    strengths = low_rank_start(graph, copied, rank=3, source=generator(0))
    assert_close(strengths, torch.full((3,), 0.5).double().sqrt(), rtol=0, atol=0.03)


def test_weights_of_rows_count():
    x = correlated(60, 4)
    twice = torch.cat([x, x[:20]])
    weights = torch.cat([torch.full((20,), 2.0), torch.ones(40)]).double()
    one, two = (rbm(Gaussian(4), Gaussian(2)).double() for _ in range(2))
    low_rank_start(one, x, rank=2, weights=weights, source=generator(0))
    low_rank_start(two, twice, rank=2, source=generator(0))
    assert_close(dict(one.state_dict()), dict(two.state_dict()))


def test_what_cannot_start_is_refused():
    graph = rbm(4, 2)
    with pytest.raises(ValueError, match="allow 1 to 2"):
        low_rank_start(graph, torch.eye(4), rank=3)
    with pytest.raises(ValueError, match="not joined"):
        low_rank_start(graph, torch.eye(4), rank=1, ends=("v", "top"))
