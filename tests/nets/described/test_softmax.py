"""Softmax over the maps of a layer."""

import torch

from harmonium.nets.described.softmax import LogSoftmax, Softmax


def test_shares_sum_to_one_over_the_axis():
    z = torch.randn(2, 3, 4)
    assert torch.allclose(Softmax()(z).sum(1), torch.ones(2, 4))
    assert torch.allclose(Softmax(2)(z).sum(2), torch.ones(2, 3))
    assert torch.allclose(LogSoftmax()(z).exp(), Softmax()(z))
