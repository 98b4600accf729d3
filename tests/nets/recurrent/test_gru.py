"""The gated recurrent unit by its equations."""

import torch

from harmonium.nets.recurrent import GRU


def test_it_is_its_equations():
    layer = GRU(3, 4)
    core = layer.core
    x, h = torch.randn(2, 6, 3), torch.zeros(2, 4)
    outputs, _ = layer(x)
    for t in range(6):
        ir, iz, new = (x[:, t] @ core.weight_ih_l0.T + core.bias_ih_l0).chunk(3, 1)
        hr, hz, old = (h @ core.weight_hh_l0.T + core.bias_hh_l0).chunk(3, 1)
        r, z = (ir + hr).sigmoid(), (iz + hz).sigmoid()
        h = z * h + (1 - z) * (new + r * old).tanh()
        torch.testing.assert_close(outputs[:, t], h)
