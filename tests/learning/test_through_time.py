"""Gradients through time against products of Jacobians and powers of matrices."""

import pytest
import torch

from harmonium.learning.through_time import gradients_by_lag, is_recurrent, spectral_radius
from harmonium.nets import MLP, LanguageNet
from harmonium.nets.recurrent import GRU, LSTM, RNN, MultiplicativeRNN

HIDDEN, STEPS = 6, 25


def at_rest(radius):
    """A simple layer without biases, with recurrent weights of a spectral radius."""
    layer = RNN(3, HIDDEN).double()
    source = torch.Generator().manual_seed(0)
    drawn = torch.randn(HIDDEN, HIDDEN, generator=source, dtype=torch.float64)
    with torch.no_grad():
        for name, p in layer.named_parameters():
            if "bias" in name:
                p.zero_()
        layer.recurrent_weight.copy_(radius * drawn / spectral_radius(drawn))
    return layer


@pytest.mark.parametrize("radius", [0.6, 1.0, 1.4])
def test_at_rest_the_gradient_is_a_power_of_the_weights(radius):
    layer = at_rest(radius)
    g = torch.arange(1.0, HIDDEN + 1).double()
    norms = gradients_by_lag(layer, torch.zeros(2, STEPS, 3).double(), direction=g.expand(2, -1))
    power = g
    for k in range(STEPS):
        torch.testing.assert_close(norms[k], power.norm(), rtol=1e-9, atol=0)
        power = layer.recurrent_weight.detach().T @ power
    growth = float((norms[-1] / norms[-11]) ** 0.1)
    assert growth == pytest.approx(radius, rel=0.05)


def test_it_explodes_above_a_spectral_radius_of_one_and_vanishes_below():
    x = torch.zeros(1, 60, 3).double()
    above, below = (gradients_by_lag(at_rest(radius), x) for radius in (1.4, 0.6))
    assert above[-1] > 1e6 * above[0]
    assert below[-1] < 1e-6 * below[0]


@pytest.mark.parametrize("make", [RNN, GRU, LSTM, MultiplicativeRNN])
def test_norms_are_those_of_the_jacobian_of_the_last_steps(make):
    layer = make(3, HIDDEN).double()
    x = torch.randn(1, 7, 3, generator=torch.Generator().manual_seed(1)).double()
    norms = gradients_by_lag(layer, x)
    _, state = layer(x[:, :4])
    shapes = [part.shape for part in state]

    def last(flat):
        """Sum of the last hidden values from the state after step 4."""
        parts = [p.view(s) for p, s in zip(flat.chunk(len(shapes)), shapes, strict=True)]
        return layer(x[:, 4:], tuple(parts))[1][0].sum()

    flat = torch.cat([part.detach().flatten() for part in state])
    jacobian = torch.autograd.functional.jacobian(last, flat)
    torch.testing.assert_close(norms[3], jacobian.norm(), rtol=1e-9, atol=0)
    assert norms[0] == pytest.approx(HIDDEN**0.5)


def test_open_forget_gates_keep_the_gradient():
    x = torch.randn(4, 40, 3, generator=torch.Generator().manual_seed(2))
    lstm, rnn = (
        gradients_by_lag(m, x) for m in (LSTM(3, HIDDEN, forget_bias=4.0), RNN(3, HIDDEN))
    )
    assert lstm[-1] / lstm[1] > 1e3 * rnn[-1] / rnn[1]


def test_which_modules_are_recurrent():
    assert is_recurrent(GRU(3, 4))
    assert is_recurrent(MultiplicativeRNN(3, 4))
    assert not is_recurrent(LanguageNet(3, GRU(3, 4)))
    assert not is_recurrent(GRU(3, 4).core)
    assert not is_recurrent(MLP([3, 2]))
