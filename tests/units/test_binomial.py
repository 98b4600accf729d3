import pytest
import torch
from scipy import stats
from torch.testing import assert_close

from harmonium import Bernoulli, Binomial
from harmonium.random import generator
from harmonium.units.binomial import ScaledLogistic


def test_one_trial_is_a_coin():
    field = torch.randn(5, 3, generator=generator(1))
    units, coins = Binomial(3, trials=1), Bernoulli(3)
    assert_close(units.log_partition(field), coins.log_partition(field))
    assert_close(units.moments(field), coins.moments(field))
    x = coins.sample(field, generator(2))
    assert_close(units.log_prob(x, field), coins.log_prob(x, field))


def test_log_probabilities_are_those_of_scipy():
    units, t = Binomial(1, trials=7).double(), torch.full((8, 1), -0.4, dtype=torch.float64)
    x = torch.arange(8, dtype=torch.float64)[:, None]
    wanted = stats.binom(7, float(torch.sigmoid(t[0, 0]))).logpmf(x[:, 0].numpy())
    assert_close(units.log_prob(x, t).detach(), torch.from_numpy(wanted))


def test_counts_above_the_trials_are_told_what_to_do():
    with pytest.raises(ValueError, match="make trials the largest count"):
        Binomial(2, trials=3).check(torch.tensor([[0.0, 4.0]]))


@pytest.mark.parametrize("trials", [0, 1.5, True])
def test_trials_are_a_whole_number(trials):
    with pytest.raises(ValueError, match="give a whole number of at least 1"):
        Binomial(2, trials=trials)


def test_the_activation_is_the_mean():
    assert_close(ScaledLogistic(4)(torch.tensor([0.0])), torch.tensor([2.0]))


def test_trials_are_drawn_in_pieces_and_the_draws_stay_the_same(monkeypatch):
    units, field = Binomial(5, trials=200), torch.linspace(-3, 3, 5).expand(40, 5).double()
    whole = units.double().sample(field, generator(0))
    monkeypatch.setattr("harmonium.units.binomial._AT_ONCE", 200)  # one trial at a time
    assert_close(units.sample(field, generator(0)), whole)
    p = torch.sigmoid(field[0])
    assert_close(whole.mean(0), 200 * p, atol=5, rtol=0)
