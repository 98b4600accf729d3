"""Bounds of drawn codes: the toy model by quadrature, and the order of the bounds."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from harmonium.learning.bounds_of_codes import divergence, elbo, importance_weighted, log_normal

# z ~ N(0, 1), x | z ~ N(z, 1), at x = 1: x ~ N(0, 2), and the posterior is N(1/2, 1/2)
LOG_P = -0.5 * math.log(4 * math.pi) - 0.25
EXACT = {
    (0.0, 1.0): (-1.9189385332, -1.6534737866, -1.5940666244),
    (0.3, 0.6): (-1.5797641570, -1.5566945089, -1.5463919435),
    (0.5, math.sqrt(0.5)): (LOG_P, LOG_P, LOG_P),
}
"""Mean and standard deviation of q -> the bound with 1, 2 and 3 codes."""

DRAWS = 200_000


def log_weights(mean: float, std: float, codes: Tensor) -> Tensor:
    """log p(1 | z) + log p(z) - log q(z) of codes of any shape."""
    flat, zero = codes.reshape(-1, 1), torch.zeros((), dtype=torch.float64)
    row, spread = torch.ones_like(flat), torch.tensor(math.log(std), dtype=torch.float64)
    log_w = log_normal(row, flat, log_std=zero) + log_normal(
        flat, torch.zeros_like(flat), log_std=zero
    )
    return (log_w - log_normal(flat, torch.full_like(flat, mean), log_std=spread)).view(
        codes.shape
    )


def drawn(mean: float, std: float, k: int) -> Tensor:
    source = torch.Generator().manual_seed(k)
    return mean + std * torch.randn(k, DRAWS, generator=source, dtype=torch.float64)


def test_the_divergence_is_the_closed_form():
    mean = torch.tensor([[0.5, -1.0]], dtype=torch.float64)
    log_variance = torch.tensor([[0.0, -1.0]], dtype=torch.float64)
    parts = [divergence(mean[:, [j]], log_variance[:, [j]]) for j in (0, 1)]
    torch.testing.assert_close(
        torch.cat(parts), torch.tensor([0.125, 0.6839397205857212], dtype=torch.float64),
        rtol=0, atol=1e-12,
    )  # fmt: skip
    both = torch.distributions.kl_divergence(
        torch.distributions.Normal(mean, (0.5 * log_variance).exp()),
        torch.distributions.Normal(torch.zeros_like(mean), torch.ones_like(mean)),
    )
    torch.testing.assert_close(divergence(mean, log_variance), both.sum(1), rtol=0, atol=1e-12)


def test_the_log_density_is_that_of_torch():
    source = torch.Generator().manual_seed(0)
    x, m = (torch.randn(5, 3, generator=source, dtype=torch.float64) for _ in range(2))
    log_std = torch.tensor([-2.0, 0.0, 1.5], dtype=torch.float64)
    expected = torch.distributions.Normal(m, log_std.exp()).log_prob(x).sum(1)
    torch.testing.assert_close(log_normal(x, m, log_std=log_std), expected)


@pytest.mark.parametrize("q", EXACT)
@pytest.mark.parametrize("k", [1, 2, 3])
def test_bounds_of_the_toy_model_are_those_by_quadrature(q, k):
    found = importance_weighted(log_weights(*q, drawn(*q, k)))
    error = 4 * float(found.std()) / DRAWS**0.5
    assert abs(float(found.mean()) - EXACT[q][k - 1]) <= error + 1e-9


def test_the_exact_posterior_is_tight_for_every_draw():
    found = importance_weighted(log_weights(0.5, math.sqrt(0.5), drawn(0.5, math.sqrt(0.5), 3)))
    assert float((found - LOG_P).abs().max()) < 1e-12


@pytest.mark.parametrize("q", EXACT)
def test_the_elbo_is_the_bound_of_one_code(q):
    """With the divergence in closed form, by Gauss-Hermite quadrature: no draws."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(20)
    z = q[0] + q[1] * torch.from_numpy(nodes)[:, None]
    log_p = log_normal(torch.ones_like(z), z, log_std=torch.zeros((), dtype=torch.float64))
    w = torch.from_numpy(weights / weights.sum()) * len(nodes)  # a mean over nodes is a quadrature
    mean, log_var = torch.tensor([[q[0]]]), torch.tensor([[2 * math.log(q[1])]])
    found = elbo((w * log_p)[:, None], divergence(mean.double(), log_var.double()))
    assert float(found) == pytest.approx(EXACT[q][0], abs=1e-6)


def test_the_bound_rises_with_the_number_of_codes():
    """Over all subsets of the same draws: the mean over subsets rises for every single set."""
    log_w = log_weights(0.0, 1.0, drawn(0.0, 1.0, 4)[:, :10_000])
    bounds = []
    for k in (1, 2, 4):
        parts = log_w.view(4 // k, k, -1)
        bounds.append(torch.stack([importance_weighted(part) for part in parts]).mean(0))
    for lower, upper in zip(bounds[:-1], bounds[1:], strict=True):
        assert bool((lower <= upper + 1e-12).all())
        assert float((upper - lower).mean()) > 0.01
    assert float(bounds[-1].mean()) < LOG_P


def test_weights_of_any_size_do_not_overflow():
    log_w = torch.tensor([[1000.0, -2000.0], [1000.0, -2000.0]], dtype=torch.float64)
    assert importance_weighted(log_w).tolist() == [1000.0, -2000.0]


def test_the_elbo_of_a_linear_gaussian_model_is_at_most_its_log_likelihood():
    """Probabilistic PCA: x = W z + noise of s.d. s has the covariance W W^T + s^2 I."""
    source = torch.Generator().manual_seed(2)
    w = torch.randn(5, 2, generator=source, dtype=torch.float64)
    x = torch.randn(40, 5, generator=source, dtype=torch.float64)
    log_s = torch.tensor(math.log(0.5), dtype=torch.float64)
    covariance = w @ w.T + 0.25 * torch.eye(5, dtype=torch.float64)
    exact = torch.distributions.MultivariateNormal(x.new_zeros(5), covariance).log_prob(x)
    precision = torch.eye(2, dtype=torch.float64) + w.T @ w / 0.25
    posterior = x @ w @ torch.linalg.inv(precision) / 0.25

    def bound(mean, variance, count=4000):
        eps = torch.randn(count, len(x), 2, generator=source, dtype=torch.float64)
        z = mean + variance.sqrt() * eps
        logs = torch.stack([log_normal(x, part @ w.T, log_std=log_s) for part in z])
        value = elbo(logs, divergence(mean, variance.log().expand_as(mean)))
        return value, logs.std(0) / count**0.5

    # The best factorised posterior has the inverse diagonal of the precision as its variances.
    best, error = bound(posterior, 1 / precision.diagonal())
    assert bool((best <= exact + 4 * error).all())
    gap = 0.5 * (precision.diagonal().log().sum() - torch.logdet(precision))
    assert float((exact - best - gap).abs().max()) < 5 * float(error.max())
    worse, _ = bound(posterior + 0.3, 2 / precision.diagonal())
    assert float((best - worse).min()) > 0
