import pytest
import torch
from scipy import stats
from torch.testing import assert_close

from harmonium import Bernoulli, Poisson, ais, exact, rbm
from harmonium.random import generator, seeded
from harmonium.units.poisson import Exponential


def test_log_probabilities_are_those_of_scipy():
    units, field = Poisson(1).double(), torch.full((6, 1), 0.7, dtype=torch.float64)
    x = torch.arange(6, dtype=torch.float64)[:, None]
    wanted = torch.from_numpy(stats.poisson(2.0137527074704766).logpmf(x[:, 0].numpy()))
    assert_close(units.log_prob(x, field).detach(), wanted)


def test_draws_are_counts_with_the_probabilities_of_scipy():
    drawn = Poisson(1).sample(torch.full((100_000, 1), 1.0), generator(1))[:, 0]
    shares = torch.bincount(drawn.long(), minlength=8)[:8] / len(drawn)
    wanted = torch.from_numpy(stats.poisson(2.718281828).pmf(range(8))).float()
    assert float((shares - wanted).abs().max()) < 0.006


def test_grey_values_are_no_counts():
    with pytest.raises(ValueError, match="Poisson units need counts: give raw counts"):
        Poisson(2).check(torch.tensor([[1.0, 0.5]]))


def test_the_activation_is_the_rate():
    assert_close(Exponential()(torch.tensor([0.0, 1.0])), torch.tensor([1.0, 2.7182818]))


def test_ais_finds_log_z_of_a_machine_of_counts():
    with seeded(3):
        graph = rbm(Poisson(3), Bernoulli(4), std=0.3).double()
    estimate = ais(graph, chains=400, betas=200, source=generator(0))
    assert abs(float(estimate.log_z) - float(exact.log_partition(graph))) < 0.05


def test_draws_without_a_source_follow_the_enclosing_seed():
    def drawn():
        with seeded(4):
            return Poisson(50).sample(torch.ones(2, 50))

    assert torch.equal(drawn(), drawn())
