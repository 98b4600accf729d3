"""States with the batch axis first."""

import torch

from harmonium.nets.recurrent import GRU, LSTM, RNN, Fused


def test_sizes_and_states():
    x = torch.randn(2, 5, 3)
    for make, parts in ((RNN, 1), (GRU, 1), (LSTM, 2)):
        layer = make(3, 4, layers=2)
        assert isinstance(layer, Fused)
        assert (layer.inputs, layer.hidden, layer.layers) == (3, 4, 2)
        outputs, state = layer(x)
        assert outputs.shape == (2, 5, 4)
        assert [part.shape for part in state] == [(2, 2, 4)] * parts
        torch.testing.assert_close(state[0][:, -1], outputs[:, -1])  # the upper layer
