r"""Machines of Gaussian units against the closed form N(P^-1 b, P^-1), P the joint precision.

.. math:: E(x) = x^\top P x / 2 - b^\top x, \qquad
          \log Z = \tfrac12 \big( n \log 2\pi - \log \det P + b^\top P^{-1} b \big)
"""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal
from torch.testing import assert_close

from harmonium import Gaussian, ais, rbm
from harmonium.random import generator
from harmonium.sampling import sweep
from tests.laws import judge
from tests.laws.registry import JOINTLY_GAUSSIAN

everyone = pytest.mark.parametrize("name", JOINTLY_GAUSSIAN)


def joint(graph):
    """The precision matrix and the biases of all units, read off the energy by autograd."""
    shapes = {n: u.shape for n, u in graph.units.items()}
    sizes = [shape.numel() for shape in shapes.values()]

    def energy(x):
        parts = zip(shapes.items(), x.split(sizes), strict=True)
        return graph.energy({n: part.reshape(1, *shape) for (n, shape), part in parts})[0]

    zero = torch.zeros(sum(sizes), dtype=torch.float64)
    precision = torch.autograd.functional.hessian(energy, zero)
    return precision, -torch.autograd.functional.jacobian(energy, zero)


def log_z(precision, bias):
    """The closed form, in nats."""
    mean = torch.linalg.solve(precision, bias)
    n = len(bias)
    return (n * math.log(2 * math.pi) - torch.logdet(precision) + bias @ mean) / 2


def pair():
    graph = JOINTLY_GAUSSIAN["gaussian-pair"]()
    precision, bias = (t.detach() for t in joint(graph))
    return graph, precision, bias


def test_the_log_likelihood_of_rows_is_that_of_the_normal_distribution():
    """-F(v) - log Z, with F as the machine computes it, is the marginal's log density."""
    graph, precision, bias = pair()
    n = graph.units["v"].shape.numel()
    covariance, mean = torch.linalg.inv(precision), torch.linalg.solve(precision, bias)
    normal = MultivariateNormal(mean[:n], covariance[:n, :n])
    v = torch.randn(7, n, generator=generator(1), dtype=torch.float64)
    found = -graph.free_energy({"v": v}, ("h",)) - log_z(precision, bias)
    assert_close(found.detach(), normal.log_prob(v), rtol=1e-9, atol=1e-9)


def test_a_wrong_determinant_is_caught():
    """The precision of the visible units alone is not that of their marginal."""
    graph, precision, bias = pair()
    n = graph.units["v"].shape.numel()
    alone = precision.clone()
    alone[:n, n:] = alone[n:, :n] = 0
    v = torch.zeros(1, n, dtype=torch.float64)
    right = -graph.free_energy({"v": v}, ("h",)) - log_z(precision, bias)
    wrong = -graph.free_energy({"v": v}, ("h",)) - log_z(alone, bias)
    assert not torch.allclose(right, wrong, rtol=0, atol=1e-3)


@everyone
def test_sweeps_keep_mean_and_covariance(name):
    graph = JOINTLY_GAUSSIAN[name]()
    precision, bias = (t.detach() for t in joint(graph))
    mean, covariance = torch.linalg.solve(precision, bias), torch.linalg.inv(precision)
    start = MultivariateNormal(mean, covariance)
    torch_state = torch.random.get_rng_state()
    torch.manual_seed(0)
    x = start.sample((200_000,))
    torch.random.set_rng_state(torch_state)
    sizes = [u.shape.numel() for u in graph.units.values()]
    parts = zip(graph.units.items(), x.split(sizes, 1), strict=True)
    state = {n: part.reshape(-1, *u.shape) for (n, u), part in parts}
    moved, _ = sweep(graph, state, source=generator(2))
    flat = torch.cat([moved[n].flatten(1) for n in graph.units], 1).detach()
    assert abs(judge.mean(flat, mean)) < judge.LIMIT
    centred = flat - mean
    products = (centred[:, :, None] * centred[:, None, :]).flatten(1)
    assert abs(judge.mean(products, covariance.flatten())) < judge.LIMIT


def test_ais_finds_the_closed_form():
    graph, precision, bias = pair()
    estimate = ais(graph, chains=500, betas=300, source=generator(3))
    wanted = float(log_z(precision, bias))
    assert abs(float(estimate.log_z) - wanted) < 3 * float(estimate.stderr) + 1e-3


def test_a_machine_that_cannot_be_normalised_names_both_groups():
    graph = rbm(Gaussian(2), Gaussian(2))
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(2.0)
    with pytest.raises(ValueError, match=r"'h' \(Gaussian\) and 'v' \(Gaussian\) .* smaller"):
        ais(graph)
