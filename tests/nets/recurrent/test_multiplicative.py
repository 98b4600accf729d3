"""The multiplicative layer: each input chooses a matrix."""

import torch

from harmonium.nets.recurrent import MultiplicativeRNN


def test_each_input_has_a_matrix_of_its_own():
    layer = MultiplicativeRNN(3, 4, factors=5)
    x, h = torch.randn(2, 6, 3), torch.zeros(2, 4)
    outputs, (state,) = layer(x)
    assert state.shape == (2, 1, 4)
    for t in range(6):
        rows = []
        for b in range(2):
            gains = torch.diag(layer.input_factors @ x[b, t])
            matrix = layer.factor_weight @ gains @ layer.hidden_factors
            rows.append((matrix @ h[b] + layer.input_weight @ x[b, t] + layer.bias).tanh())
        h = torch.stack(rows)
        torch.testing.assert_close(outputs[:, t], h)


def test_as_many_factors_as_units():
    assert MultiplicativeRNN(3, 4).hidden_factors.shape == (4, 4)
    assert MultiplicativeRNN(3, 4).settings == {"inputs": 3, "hidden": 4, "factors": None}
