"""Long short-term memory by its equations."""

import torch

from harmonium.nets.recurrent import LSTM


def test_it_is_its_equations():
    layer = LSTM(3, 4)
    core = layer.core
    x = torch.randn(2, 6, 3)
    h = c = torch.zeros(2, 4)
    outputs, _ = layer(x)
    for t in range(6):
        z = x[:, t] @ core.weight_ih_l0.T + core.bias_ih_l0
        z = z + h @ core.weight_hh_l0.T + core.bias_hh_l0
        i, f, new, o = z.chunk(4, 1)
        c = f.sigmoid() * c + i.sigmoid() * new.tanh()
        h = o.sigmoid() * c.tanh()
        torch.testing.assert_close(outputs[:, t], h)


def test_forget_gates_start_open():
    core = LSTM(3, 4, forget_bias=2.0, layers=2).core
    for k in (0, 1):
        total = getattr(core, f"bias_ih_l{k}") + getattr(core, f"bias_hh_l{k}")
        assert total[4:8].tolist() == [2.0] * 4
        assert (total[:4].abs() < 2).all()
