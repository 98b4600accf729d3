"""Both directions against each row alone."""

import torch

from harmonium.nets.recurrent import GRU, LSTM, Bidirectional


def test_rows_of_any_length_are_read_as_alone():
    layer = Bidirectional(LSTM(3, 4), GRU(3, 4)).double()
    x = torch.randn(2, 5, 3).double()
    there = torch.tensor([[True] * 5, [True] * 2 + [False] * 3])
    outputs = layer(x, there)
    for row, n in enumerate((5, 2)):
        alone = x[row : row + 1, :n]
        ahead = layer.ahead(alone)[0]
        back = layer.back(alone.flip(1))[0].flip(1)
        torch.testing.assert_close(outputs[row, :n], torch.cat([ahead, back], -1)[0])
    assert not outputs[1, 2:].any()
