"""Layers that read several others."""

import pytest
import torch

from harmonium.errors import UsageError
from harmonium.nets.described.joins import Add, Concat, Multiply


def test_they_do_what_they_say():
    a, b, c = (torch.randn(2, 3, 4) for _ in range(3))
    assert torch.equal(Add()(a, b, c), a + b + c)
    assert torch.equal(Multiply()(a, b), a * b)
    assert torch.equal(Multiply()(a, b[..., :1]), a * b[..., :1])
    assert torch.equal(Concat()(a, b), torch.cat([a, b], 1))
    assert torch.equal(Concat(2)(a, b), torch.cat([a, b], 2))


def test_a_sum_of_different_shapes_is_refused_though_torch_would_spread_it():
    with pytest.raises(UsageError, match=r"\(3, 4\), \(3, 1\)"):
        Add()(torch.zeros(2, 3, 4), torch.zeros(2, 3, 1))
