"""Trainable subsampling."""

import pytest
import torch

from harmonium.nets.subsample import Subsample2d


@pytest.mark.parametrize("pool", ["mean", "max"])
def test_it_is_w_times_the_pooled_value_plus_b(pool):
    layer = Subsample2d(2, 2, pool=pool).double()
    x = torch.randn(3, 2, 5, 4, dtype=torch.float64)
    windows = x[:, :, :4].unfold(2, 2, 2).unfold(3, 2, 2).flatten(4)
    s = windows.mean(-1) if pool == "mean" else windows.amax(-1)
    assert torch.allclose(layer(x), s)  # it starts as plain pooling
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([2.0, -1.0]))
        layer.bias.copy_(torch.tensor([0.5, 3.0]))
    expected = torch.stack([2 * s[:, 0] + 0.5, 3 - s[:, 1]], 1)
    assert torch.allclose(layer(x), expected)
    assert torch.autograd.gradcheck(layer, x.requires_grad_())


def test_parameters():
    assert sum(p.numel() for p in Subsample2d(16).parameters()) == 32
