"""The Gaussian code: its divergence, its draws and its ratio of densities."""

import pytest
import torch

from harmonium.nets.codes import Gaussian

SOURCE = torch.Generator().manual_seed(0)
Z = torch.randn(4, 6, generator=SOURCE, dtype=torch.float64)
MEAN, LOG_VARIANCE = Z.chunk(2, 1)


def test_the_first_half_of_the_outputs_are_the_means():
    assert Gaussian().width(3) == 6
    assert torch.equal(Gaussian().point(Z), MEAN)
    assert torch.equal(Gaussian().eval()(Z), MEAN)


def test_the_cost_is_the_divergence_from_the_prior():
    z = torch.tensor([[0.5, -1.0, 0.0, -1.0]], dtype=torch.float64)
    assert float(Gaussian().cost(z)) == pytest.approx(0.125 + 0.6839397205857212, abs=1e-12)
    q = torch.distributions.Normal(MEAN, (0.5 * LOG_VARIANCE).exp())
    p = torch.distributions.Normal(torch.zeros_like(MEAN), torch.ones_like(MEAN))
    expected = torch.distributions.kl_divergence(q, p).sum(1)
    torch.testing.assert_close(Gaussian().cost(Z), expected, rtol=0, atol=1e-12)


def test_the_ratio_of_densities_has_the_divergence_as_its_mean():
    code, n = Gaussian(), 20_000
    many = Z.repeat(n, 1)
    c = code.draw(many, torch.Generator().manual_seed(3))
    ratio = code.log_ratio(many, c)
    q = torch.distributions.Normal(MEAN.repeat(n, 1), (0.5 * LOG_VARIANCE).exp().repeat(n, 1))
    p = torch.distributions.Normal(torch.zeros_like(q.loc), torch.ones_like(q.loc))
    torch.testing.assert_close(ratio, (p.log_prob(c) - q.log_prob(c)).sum(1))
    found = -ratio.view(n, 4)
    error = found.std(0) / n**0.5
    assert bool(((found.mean(0) - code.cost(Z)).abs() < 4 * error).all())


def test_draws_have_the_mean_and_the_variance_of_the_encoder():
    n = 20_000
    c = Gaussian().draw(Z.repeat(n, 1), torch.Generator().manual_seed(4)).view(n, 4, 3)
    variance = LOG_VARIANCE.exp()
    assert bool(((c.mean(0) - MEAN).abs() < 4 * (variance / n).sqrt()).all())
    assert bool(((c.var(0) / variance - 1).abs() < 4 * (2 / n) ** 0.5).all())


def test_the_prior_is_standard_normal_and_the_same_seed_draws_the_same():
    like = torch.empty(3, dtype=torch.float64)
    one = Gaussian().prior(5000, like, source=torch.Generator().manual_seed(5))
    two = Gaussian().prior(5000, like, source=torch.Generator().manual_seed(5))
    assert one.dtype == torch.float64
    assert torch.equal(one, two)
    assert float(one.mean().abs()) < 0.04
    assert float((one.var() - 1).abs()) < 0.05


def test_log_variances_of_any_size_stay_finite():
    z = torch.tensor([[0.0, 0.0, 900.0, -900.0]], dtype=torch.float32, requires_grad=True)
    code = Gaussian()
    total = code.cost(z) + code.draw(z, torch.Generator().manual_seed(6)).sum()
    total.sum().backward()
    assert bool(total.isfinite().all())
    assert z.grad is not None
    assert bool(z.grad.isfinite().all())
