"""The simple recurrent layer by its equation."""

import torch

from harmonium.nets.recurrent import RNN
from harmonium.random import seeded


def test_it_is_its_equation():
    for activation in ("tanh", "relu"):
        layer = RNN(3, 4, activation=activation)
        core = layer.core
        x, h = torch.randn(2, 6, 3), torch.zeros(2, 4)
        outputs, _ = layer(x)
        for t in range(6):
            z = x[:, t] @ core.weight_ih_l0.T + core.bias_ih_l0 + core.bias_hh_l0
            h = getattr(torch, activation)(z + h @ core.weight_hh_l0.T)
            torch.testing.assert_close(outputs[:, t], h)


def test_starts():
    eye = RNN(3, 4, start="identity").core
    assert torch.equal(eye.weight_hh_l0, torch.eye(4))
    assert not eye.bias_hh_l0.any()
    turned = RNN(3, 4, start="orthogonal").core.weight_hh_l0.detach()
    torch.testing.assert_close(turned @ turned.T, torch.eye(4), atol=1e-6, rtol=0)


def test_a_seed_repeats_the_start():
    def weights():
        with seeded(3):
            return RNN(3, 4).core.weight_hh_l0

    assert torch.equal(weights(), weights())
