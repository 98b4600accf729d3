import torch
from torch.testing import assert_close

from harmonium import DReLU, Gaussian, Rectified
from harmonium.random import generator
from harmonium.units.drelu import DReLUMean


def test_without_a_kink_it_is_gaussian():
    field = torch.randn(6, 3, generator=generator(1), dtype=torch.float64)
    units, gaussian = DReLU(3).double(), Gaussian(3).double()
    for p in (units.log_right, units.log_left, gaussian.log_precision):
        with torch.no_grad():
            p.fill_(0.3)
    assert_close(units.log_partition(field), gaussian.log_partition(field))
    assert_close(units.mean(field), gaussian.mean(field))
    assert_close(units.mode(field), gaussian.mode(field))


def test_with_a_steep_left_side_it_is_rectified():
    field = torch.randn(6, 3, generator=generator(2), dtype=torch.float64)
    units, rectified = DReLU(3).double(), Rectified(3).double()
    with torch.no_grad():
        units.log_left.fill_(30.0)
    assert_close(units.mean(field), rectified.mean(field), rtol=0, atol=1e-5)


def test_energies_are_those_of_the_published_form():
    """U = g+ h+^2 / 2 + g- h-^2 / 2 + t+ h+ + t- h-, with h- the negative part itself."""
    units = DReLU(1).double()
    with torch.no_grad():
        units.bias.fill_(0.4)
        units.kink.fill_(-0.7)
        units.log_right.fill_(0.2)
        units.log_left.fill_(-0.5)
    x = torch.tensor([[1.3], [-2.1]], dtype=torch.float64)
    up, down = x.clamp(min=0), x.clamp(max=0)
    right, left = torch.tensor(0.2).exp(), torch.tensor(-0.5).exp()
    theta_up, theta_down = 0.7 - 0.4, -0.7 - 0.4
    wanted = right * up**2 / 2 + left * down**2 / 2 + theta_up * up + theta_down * down
    assert_close(units.energy(x).detach(), wanted[:, 0], rtol=1e-6, atol=0)


def test_a_positive_kink_gives_two_modes():
    units = DReLU(1)
    with torch.no_grad():
        units.kink.fill_(4.0)
    drawn = units.sample(torch.zeros(10_000, 1), generator(3))
    assert float((drawn.abs() < 1).float().mean()) < 0.01
    assert 0.45 < float((drawn > 0).float().mean()) < 0.55


def test_the_activation_is_the_mean():
    zero, one = torch.zeros(2), torch.ones(2)
    z = torch.randn(5, 2, generator=generator(4))
    assert_close(DReLUMean(zero, right=one, left=one)(z), z)
