"""log Z for estimators: exact where that is quick, else annealed, with an honest error."""

import math

import pytest
import torch

from harmonium import Bernoulli, Categorical, Gaussian, Rectified, exact, rbm
from harmonium.estimators.likelihood import held_out_likelihood, partition
from tests.laws.specimens import numbers, randomised

GRAPHS = {
    "bernoulli": lambda: rbm(6, 4),
    "gaussian": lambda: rbm(Gaussian(5), 4),
    "to-gaussian": lambda: rbm(6, Gaussian(3)),
    "categorical": lambda: rbm(Categorical(3, 3), 4),
    "rectified": lambda: rbm(Rectified(4), Bernoulli(3)),
}


def specimen(name):
    return randomised(GRAPHS[name](), 1 + [*GRAPHS].index(name), std=0.6)


def base(graph):
    """Means of the visible group, as an estimator takes them from its data: ``(values,)``."""
    return exact.moments(graph)["v"][0].flatten()


@pytest.mark.parametrize("name", GRAPHS)
def test_small_machines_are_summed(name):
    graph = specimen(name)
    assert partition(graph, base=base(graph), seed=0) == (float(exact.log_partition(graph)), 0.0)


@pytest.mark.parametrize("name", GRAPHS)
def test_annealing_agrees_with_the_sum(name, monkeypatch):
    monkeypatch.setattr(exact, "_WORK", 0)
    graph = specimen(name)
    found, error = partition(graph, base=base(graph), seed=0, betas=500, chains=400)
    assert 0 < error < 0.05
    assert abs(found - float(exact.log_partition(graph))) < 4 * error


def test_annealing_is_reproducible(monkeypatch):
    monkeypatch.setattr(exact, "_WORK", 0)
    graph = specimen("bernoulli")
    torch.manual_seed(0)
    one = partition(graph, base=base(graph), seed=3, betas=20)
    torch.manual_seed(1)
    before = torch.get_rng_state()
    assert partition(graph, base=base(graph), seed=3, betas=20) == one
    assert torch.equal(torch.get_rng_state(), before)
    assert partition(graph, base=base(graph), seed=4, betas=20) != one


def test_joined_gaussians_cannot_be_summed():
    """Against the determinant: log Z = b P^-1 b / 2 - log det P / 2 + n log(2 pi) / 2."""
    graph = randomised(rbm(Gaussian(3), Gaussian(2)), 9, std=0.3)
    w = graph.connections["v-h"].weight.detach()
    v, h = graph.units["v"], graph.units["h"]
    precision = torch.diag(torch.cat([v.log_precision, h.log_precision]).detach().exp())
    precision[3:, :3] -= w
    precision[:3, 3:] -= w.mT
    bias = torch.cat([v.bias, h.bias]).detach()
    log_z = bias @ torch.linalg.solve(precision, bias) - torch.logdet(precision)
    log_z = float(log_z) / 2 + 2.5 * math.log(2 * math.pi)
    found, error = partition(graph, base=torch.zeros(3, dtype=torch.float64), seed=0, chains=400)
    assert 0 < error < 0.05
    assert abs(found - log_z) < 4 * error


def test_held_out_rows_have_their_likelihoods():
    graph = specimen("categorical")
    x = graph.units["v"].states()[:7]
    found = held_out_likelihood(graph, x.flatten(1), base=base(graph), seed=0)
    assert torch.allclose(found, exact.log_prob(graph, {"v": x}), rtol=0, atol=1e-9)
    assert not found.requires_grad


def test_held_out_likelihood_falls_back_on_annealing(monkeypatch):
    monkeypatch.setattr(exact, "_WORK", 0)
    graph = specimen("bernoulli")
    x = (numbers(5, 6, seed=3) > 0).double()
    found = held_out_likelihood(graph, x, base=base(graph), seed=0)
    error = found - exact.log_prob(graph, {"v": x})
    assert float(error.std()) < 1e-9  # one log Z for all rows
    assert 0 < abs(float(error[0])) < 0.2
