import math

import pytest
import torch

from harmonium import exact
from harmonium.machines import rbm
from harmonium.random import generator
from harmonium.sampling.diagnose import autocovariance, effective_sample_size, probe, r_hat
from harmonium.units import Gaussian, Spin


def autoregressive(rho, *, chains, steps, seed=1):
    """x_t = rho x_(t-1) + noise, of variance 1, from its own distribution on."""
    noise = torch.randn(chains, steps, generator=generator(seed), dtype=torch.float64)
    x = torch.empty_like(noise)
    x[:, 0] = noise[:, 0]
    for t in range(1, steps):
        x[:, t] = rho * x[:, t - 1] + math.sqrt(1 - rho**2) * noise[:, t]
    return x


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, -0.5])
def test_effective_size_of_a_known_process(rho):
    """The autocorrelation time of this process is (1 + rho) / (1 - rho)."""
    x = autoregressive(rho, chains=8, steps=20_000)
    expected = x.numel() * (1 - rho) / (1 + rho)
    assert float(effective_sample_size(x)) == pytest.approx(expected, rel=0.08)


def test_independent_draws_count_in_full():
    x = autoregressive(0.0, chains=1, steps=50_000)
    assert float(effective_sample_size(x)) == pytest.approx(50_000, rel=0.08)


def test_alternating_chains_count_more_than_in_full_but_not_without_end():
    noise = torch.randn(4, 1000, generator=generator(1))
    size = float(effective_sample_size(torch.tensor([1.0, -1.0]).repeat(4, 500) + 1e-3 * noise))
    assert size == pytest.approx(4000 * math.log10(4000), rel=1e-5)


def test_chains_that_disagree_count_less():
    x = autoregressive(0.0, chains=4, steps=1000)
    apart = x + torch.tensor([0.0, 3.0, -3.0, 6.0])[:, None]
    assert float(effective_sample_size(apart)) < 20 < 2000 < float(effective_sample_size(x))


OFFSETS = torch.tensor([-1.5, -0.5, 0.5, 1.5]).double()[:, None] / math.sqrt(5 / 3)
"""Four chains of variance 1 between them; of their eight halves the variance is 6/7."""


def test_chains_of_known_spread():
    """Within 1 and between 6/7: a correlation of 6/13 at every lag, which eight halves share."""
    x = autoregressive(0.0, chains=4, steps=20_000) + OFFSETS
    assert float(effective_sample_size(x)) == pytest.approx(8 / 2 / (6 / 13), rel=0.1)


def test_a_correlation_that_rises_again_is_not_believed():
    """Waves of variance 1/2, halves 6/7 apart: rho = (12 + 7 cos) / 19, at its first low 5/19."""
    wave = torch.sin(2 * math.pi * torch.arange(20_000.0).double() / 50)
    size = float(effective_sample_size(wave + OFFSETS))
    assert size == pytest.approx(8 / 2 / (5 / 19), rel=0.05)


def test_a_step_that_all_chains_share_is_a_disagreement():
    """By 3: of eight halves the means vary by 9/4 x 8/7, within them 1. Whole, they give 17."""
    x = autoregressive(0.0, chains=4, steps=20_000)
    x[:, 10_000:] += 3
    rho = (18 / 7) / (1 + 18 / 7)
    assert float(effective_sample_size(x)) == pytest.approx(8 / 2 / rho, rel=0.1)


def test_one_chain_that_drifts_is_known_by_its_halves():
    x = autoregressive(0.0, chains=1, steps=20_001) + torch.linspace(0, 4, 20_001)
    assert float(effective_sample_size(x)) < 3


def test_the_middle_of_an_odd_number_of_steps_is_left_out():
    x = autoregressive(0.5, chains=3, steps=101)
    even = torch.cat([x[:, :50], x[:, 51:]], 1)
    assert float(effective_sample_size(x)) == float(effective_sample_size(even))


def test_chains_that_stand_still():
    still = torch.arange(6.0)[:, None].expand(6, 1000)
    assert float(effective_sample_size(still)) == pytest.approx(6.0, rel=1e-2)
    assert math.isnan(float(effective_sample_size(torch.ones(3, 100))))


def test_autocovariance_is_the_direct_sum():
    x = autoregressive(0.7, chains=3, steps=50)
    found = autocovariance(x)
    centred = x - x.mean(1, keepdim=True)
    for lag in (0, 1, 7, 49):
        direct = (centred[:, : 50 - lag] * centred[:, lag:]).sum(1) / 50
        torch.testing.assert_close(found[:, lag], direct)


def test_r_hat_of_chains_that_agree():
    assert float(r_hat(autoregressive(0.5, chains=4, steps=5000))) == pytest.approx(1, abs=0.01)


def test_r_hat_of_chains_that_disagree():
    """Four chains 0, 1, 2, 3 apart: between-variance 10/7 of eight halves, within 1."""
    x = autoregressive(0.0, chains=4, steps=20_000) + torch.arange(4.0)[:, None]
    assert float(r_hat(x)) == pytest.approx(math.sqrt(1 + 10 / 7), rel=0.01)


def test_r_hat_sees_one_chain_that_drifts():
    """Halves of a climb by 4: means 2 apart, so between 2; within 1 + 2^2 / 12."""
    x = autoregressive(0.0, chains=1, steps=100_000)
    assert float(r_hat(x)) < 1.01
    climbing = x + torch.linspace(0, 4, x.shape[1])
    assert float(r_hat(climbing)) == pytest.approx(math.sqrt(1 + 2 / (4 / 3)), rel=0.01)


@pytest.mark.parametrize("shape", [(100,), (4, 3), (2, 10, 10)])
@pytest.mark.parametrize("ask", [autocovariance, effective_sample_size, r_hat])
def test_a_trace_is_a_matrix_with_some_steps(ask, shape):
    with pytest.raises(
        ValueError, match=r"has shape \(chains, steps\) with at least 4 steps, not"
    ):
        ask(torch.zeros(shape))


def test_traces_of_any_type_are_judged_in_float64():
    x = autoregressive(0.3, chains=2, steps=100)
    for ask in (effective_sample_size, r_hat):
        assert ask(x.float()).dtype == torch.float64
        assert float(ask(x.float())) == pytest.approx(float(ask(x)), rel=1e-5)


# --- probing chains ----------------------------------------------------------------------------


def two_modes(coupling):
    """Four spins that all want to agree, by way of four hidden ones."""
    graph = rbm(Spin(4), Spin(4), std=0.0)
    with torch.no_grad():
        graph.edges[0].connection.weight.fill_(coupling)
    up = torch.tensor([1.0, -1.0]).repeat(10)[:, None].expand(20, 4)
    return graph, {"v": up, "h": up}


def test_chains_that_mix_agree():
    graph, chains = two_modes(0.05)
    found = probe(graph, chains, sweeps=200, source=generator(0))
    assert found.traces.shape == (5, 20, 200)
    assert found.r_hat < 1.05
    assert found.ess > 1000
    assert 0.4 < found.flips < 0.6


def test_chains_that_lag_fall_and_chains_at_equilibrium_do_not():
    graph, chains = two_modes(0.5)
    drawn = exact.draw(graph, 2000, source=generator(1))
    still = probe(graph, drawn, sweeps=20, source=generator(0)).fall
    assert abs(float(still.mean())) < 5 * float(still.std()) / 2000**0.5
    noise = exact.draw(two_modes(0.0)[0], 2000, source=generator(1))
    fall = probe(graph, noise, sweeps=20, source=generator(0)).fall
    expected = graph.energy(noise).mean() - graph.energy(drawn).mean()
    assert float(fall.mean()) == pytest.approx(float(expected.detach()), abs=0.1)
    assert float(fall.mean()) > 3


def test_modes_of_equal_energy_are_told_apart():
    graph, chains = two_modes(1.0)
    found = probe(graph, chains, sweeps=60, source=generator(0))
    assert float(r_hat(found.traces[0])) < 1.2  # the energies know nothing of it
    assert found.r_hat > 3
    assert found.ess < 30


def test_frozen_chains_do_not_flip():
    graph, chains = two_modes(50.0)
    found = probe(graph, chains, source=generator(0))
    assert found.flips == 0
    assert math.isinf(found.r_hat)
    assert found.ess == pytest.approx(len(chains["v"]), rel=0.02)


def test_a_probe_leaves_the_chains_and_the_global_source_alone():
    graph, chains = two_modes(0.3)
    before = {name: x.clone() for name, x in chains.items()}
    state = torch.random.get_rng_state()
    probe(graph, chains, sweeps=5, source=generator(0))
    assert all(torch.equal(chains[name], x) for name, x in before.items())
    assert torch.equal(torch.random.get_rng_state(), state)


def test_real_groups_are_left_out_of_the_flips():
    graph = rbm(Gaussian(3), Gaussian(2), std=0.1)
    chains = {"v": torch.zeros(6, 3), "h": torch.zeros(6, 2)}
    found = probe(graph, chains, sweeps=20, source=generator(0))
    assert math.isnan(found.flips)
    assert found.ess > 20
