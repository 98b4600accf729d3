import pytest
import torch
from scipy import stats
from torch.testing import assert_close

from harmonium.random import generator
from harmonium.units.truncated import drawn, log_mass, moments


@pytest.mark.parametrize("z", [-8.0, -1.0, 0.0, 3.0])
def test_mass_and_moments_are_those_of_scipy(z):
    at = torch.tensor([z], dtype=torch.float64)
    reference = stats.truncnorm(-z, float("inf"), loc=z)
    first, second = moments(at)
    assert float(first) == pytest.approx(reference.mean(), rel=1e-6)
    assert float(second) == pytest.approx(reference.moment(2), rel=1e-5)
    wanted = z**2 / 2 + stats.norm.logcdf(z) + 0.5 * torch.log(torch.tensor(2 * torch.pi)).item()
    assert float(log_mass(at)) == pytest.approx(wanted, rel=1e-6)


def test_draws_have_these_moments():
    z = torch.full((200_000,), -1.5, dtype=torch.float64)
    x = drawn(z, generator(1))
    assert bool((x >= 0).all())
    assert_close(x.mean(), moments(z[:1])[0][0], rtol=0.01, atol=0)
