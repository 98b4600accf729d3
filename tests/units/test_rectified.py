import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch.testing import assert_close

from harmonium.random import generator
from harmonium.units import Rectified
from harmonium.units.rectified import RectifiedMean
from harmonium.units.truncated import moments


@pytest.fixture
def units():
    made = Rectified(3)
    made.load(bias=torch.tensor([0.5, 0.0, -2.0]), log_precision=torch.tensor([0.0, 2.0, -1.0]))
    return made.double()


def test_log_prob_is_scipys(units):
    field = torch.randn(5, 3, generator=generator(1), dtype=torch.float64)
    bias, precision = (t.detach() for t in units.natural())
    location, scale = ((bias + field) / precision).numpy(), precision.rsqrt().numpy()
    x = units.sample(field, generator(2)).detach()
    theirs = stats.truncnorm.logpdf(x.numpy(), -location / scale, np.inf, location, scale)
    assert_close(units.log_prob(x, field).detach(), torch.from_numpy(theirs.sum(1)))


def test_negative_values_are_impossible(units):
    x = torch.tensor([[0.0, 1.0, 2.0], [0.1, -1e-6, 1.0]]).double()
    energy = units.energy(x).detach()
    assert bool(torch.isfinite(energy[0]))
    assert float(energy[1]) == math.inf
    assert units.log_prob(x, torch.zeros(2, 3))[1].exp() == 0


def test_the_two_branches_meet():
    """At z = -4 moments change hands; neither they nor their slopes may jump."""
    z = torch.tensor([-4 - 1e-7, -4 + 1e-7], dtype=torch.float64)
    for moment in moments(z):
        assert_close(moment[0], moment[1], rtol=1e-6, atol=0)


def test_the_far_tail_is_an_exponential_distribution():
    """E[x] -> 1/u and E[x^2] -> 2/u^2 at z = -u."""
    for u in (1e3, 1e5):
        first, second = moments(torch.tensor([-u], dtype=torch.float64))
        assert_close(first, torch.tensor([1 / u], dtype=torch.float64), rtol=2 / u, atol=0)
        assert_close(second, torch.tensor([2 / u**2], dtype=torch.float64), rtol=6 / u, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_draws_are_finite_and_not_negative_at_any_field(dtype):
    field = torch.tensor([-1e6, -100.0, -4.0, 0.0, 4.0, 100.0, 1e6], dtype=dtype).repeat(2000, 1)
    drawn = Rectified(7).to(dtype).sample(field, generator(3)).detach()
    assert bool(torch.isfinite(drawn).all())
    assert float(drawn.min()) >= 0
    assert_close(drawn[:, -1].mean(), torch.tensor(1e6, dtype=dtype), rtol=1e-5, atol=0)


def test_draws_of_the_far_tail_are_exact_inverses():
    """By the log survival function: a single Newton step is 1e-6 to 1e-4 off at u = 4."""
    u = torch.tensor([4.0 + 1e-6, 4.5, 6.0, 20.0, 300.0]).double().expand(4000, 5)
    drawn = Rectified(5).double().sample(-u, generator(1)).detach()
    source = generator(1)
    torch.rand(u.shape, generator=source, dtype=torch.float64)  # of the near branch
    wanted = torch.empty_like(u).exponential_(generator=source)

    def log_hazard(x):  # of a standard normal, -x^2 / 2 apart: log of the scaled erfc
        return torch.log(torch.special.erfcx(x / math.sqrt(2)))

    survived = u * drawn + drawn.square() / 2 + log_hazard(u) - log_hazard(u + drawn)
    assert float(((survived - wanted) / wanted).abs().max()) < 1e-7


def test_the_mode_is_the_rectified_linear_unit():
    assert Rectified(3).mode(torch.tensor([[-2.0, 0.0, 3.0]])).tolist() == [[0.0, 0.0, 3.0]]


def test_means_close_to_zero_are_raised_to_a_thousandth():
    units = Rectified(3).double()
    field = units.tilt(torch.tensor([0.0, 1e-3, 50.0]).double()).detach()
    mean = units.mean(field[None]).detach()[0]
    assert_close(mean, torch.tensor([1e-3, 1e-3, 50.0]).double(), rtol=1e-6, atol=0)


def test_start_takes_the_precision_from_the_second_moment():
    mean, second = torch.tensor([0.2, 1.0]), torch.tensor([4.0, 0.0])
    started = Rectified(2).start([mean, -second / 2])
    assert_close(started["log_precision"].exp(), torch.tensor([0.25, 1e4]))


def test_the_activation_is_the_mean_of_a_truncated_gaussian():
    activation = RectifiedMean(torch.tensor(2.0).double())
    z = torch.tensor([-30.0, -1.0, 0.0, 5.0], dtype=torch.float64)
    theirs = stats.truncnorm.mean(-z.numpy()[1:], np.inf, z.numpy()[1:], 1)
    assert_close(activation(z)[1:], 2 * torch.from_numpy(theirs))
    assert "scale" in activation.state_dict()


def test_negative_data_are_told_what_to_do():
    with pytest.raises(ValueError, match=r"range from -1 to 2; .*shift the data, or use Gaussian"):
        Rectified(2).check(torch.tensor([[-1.0, 2.0]]))
