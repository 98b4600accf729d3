"""Rows of which only some values remain."""

import torch

from harmonium.data.thin import Thin
from harmonium.random import generator


def test_values_stay_or_become_zero_and_no_row_becomes_empty():
    x = (torch.rand(2000, 6, generator=torch.Generator().manual_seed(0)) < 0.5).float()
    thin = Thin()(x, generator(3))
    assert bool(((thin == x) | (thin == 0)).all())
    some = x.any(1)
    assert torch.equal(thin.any(1), some)
    share = (thin.sum(1) / x.sum(1))[some & (x.sum(1) == 4)]
    assert all(float((share == k / 4).float().mean()) > 0.1 for k in (1, 2, 3, 4))
