import math

import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli
from harmonium.learning import hebb
from harmonium.machines import hopfield, modern_hopfield
from harmonium.random import generator
from harmonium.sampling import annealed, complete, mean, overlap, recall, run, sweep


def spins(p, n, *, seed=1):
    return torch.randint(0, 2, (p, n), generator=generator(seed)) * 2.0 - 1


def after_recall(n, load, *, seed=1):
    """The mean overlap with the patterns from which recall started."""
    x = spins(round(load * n), n, seed=seed)
    found = recall(hopfield(n, weights=hebb(x)), {"x": x}, sweeps=50)
    assert bool((found.energies.diff(dim=0) <= 1e-3).all())
    return float(overlap(found.state["x"], x).mean())


# --- the classical net ---------------------------------------------------------------------------


def test_a_number_means_spins_without_weights():
    net = hopfield(4)
    assert repr(net.units["x"]) == "Spin(4)"
    assert float(net.connections["x-x"].matrix().detach().abs().max()) == 0
    assert repr(hopfield(Bernoulli(2, 3)).units["x"]) == "Bernoulli(2, 3)"


def test_the_energy_is_the_textbooks():
    """-x J x / 2 - b x, whatever stands on the diagonal."""
    j = torch.randn(5, 5, generator=generator(1))
    j = j + j.mT
    net = hopfield(5, weights=j)
    x = spins(7, 5)
    off = j - j.diagonal().diag()
    assert_close(net.energy({"x": x}), -(x @ off * x).sum(1) / 2)


def test_weights_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"shape \(3, 3\), but 4 units need \(4, 4\)"):
        hopfield(4, weights=torch.zeros(3, 3))


def test_the_net_has_the_type_of_its_weights():
    weights = hebb(spins(3, 7).double())
    net = hopfield(7, weights=weights)
    assert {p.dtype for p in net.parameters()} == {torch.float64}
    assert_close(net.connections["x-x"].matrix().detach(), weights, rtol=0, atol=0)


def test_an_asymmetric_net_has_no_energy():
    weights = torch.zeros(3, 3)
    weights[0, 1] = 1
    with pytest.raises(ValueError, match=r"not symmetric, so no energy.*lyapunov"):
        hopfield(3, weights=weights)


def test_recall_holds_below_the_transition_and_breaks_down_above():
    assert after_recall(300, 0.08) > 0.995
    assert after_recall(300, 0.25) < 0.75


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_capacity_of_a_thousand_units(seed):
    curve = {load: after_recall(1000, load, seed=seed) for load in (0.05, 0.12, 0.15, 0.18)}
    assert curve[0.05] > 0.999
    assert curve[0.12] > 0.985
    assert curve[0.15] < 0.97  # past the transition at .138
    assert curve[0.18] < 0.75


def test_units_at_a_temperature_fire_as_the_logistic_function_says():
    """The stochastic neuron: p(+1) = sigmoid(2 f / T)."""
    net = hopfield(2, weights=torch.tensor([[0.0, 0.8], [0.8, 0.0]]))
    with torch.no_grad():
        net.units["x"].bias.fill_(-0.3)
    state = {"x": torch.tensor([[1.0, 1.0]]).expand(100_000, 2)}
    held = torch.tensor([False, True])
    for temperature in (0.25, 1.0, 4.0):
        view = annealed(net, 1 / temperature)
        moved, _ = sweep(view, state, hold={"x": held}, source=generator(1))
        share = float((moved["x"][:, 0] > 0).double().mean())
        assert share == pytest.approx(1 / (1 + math.exp(-1 / temperature)), abs=8e-3)


# --- the modern net ------------------------------------------------------------------------------


def updated(net, query, *, sweeps=1):
    return run(net, complete(net, {"v": query}, rule=mean), sweeps=sweeps, rule=mean)["v"]


@pytest.mark.parametrize("beta", [0.2, 1.0, 8.0])
def test_one_sweep_of_means_is_softmax_attention(beta):
    x = torch.randn(6, 10, generator=generator(1), dtype=torch.float64)
    query = torch.randn(4, 10, generator=generator(2), dtype=torch.float64)
    attention = torch.softmax(beta * query @ x.mT, 1) @ x
    found = updated(modern_hopfield(x, beta=beta), query)
    assert float((found - attention).abs().max()) < 1e-12
    single = updated(modern_hopfield(x.float(), beta=beta), query.float())
    assert float((single.double() - attention).abs().max()) < 1e-6


def test_a_large_beta_recalls_one_pattern_of_very_many():
    """More patterns than dimensions, which no classical net holds."""
    x = spins(500, 64).double()
    damaged = x[:20].clone()
    damaged[:, :12] *= -1
    found = updated(modern_hopfield(x, beta=1.0), damaged)
    assert float((found - x[:20]).abs().max()) < 1e-3
    average = updated(modern_hopfield(x, beta=1e-3), damaged)
    assert float(average.abs().max()) < 0.5


def test_the_free_energy_of_means_never_rises():
    x = torch.randn(6, 10, generator=generator(1), dtype=torch.float64)
    net = modern_hopfield(x, beta=0.7)
    v = torch.randn(50, 10, generator=generator(2), dtype=torch.float64)
    levels = [net.free_energy({"v": v}, ("h",)).detach()]
    for _ in range(10):
        v = updated(net, v)
        levels.append(net.free_energy({"v": v}, ("h",)).detach())
    assert bool((torch.stack(levels).diff(dim=0) <= 1e-12).all())


def test_shaped_patterns_and_a_bad_beta():
    net = modern_hopfield(torch.zeros(3, 2, 4))
    assert repr(net.units["v"]) == "Gaussian(2, 4)"
    with pytest.raises(ValueError, match=r"beta = 0: .*positive"):
        modern_hopfield(torch.zeros(3, 2), beta=0)
