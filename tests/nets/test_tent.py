"""The tent map composed k times: 2^k pieces from 2k rectified units."""

import pytest
import torch
from torch import nn

from harmonium.learning import pieces
from harmonium.nets import MLP, tent_net
from harmonium.random import seeded


def composed(x, times):
    """The reference: 1 - |2 x - 1|, applied again and again."""
    for _ in range(times):
        x = 1 - (2 * x - 1).abs()
    return x


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("k", range(1, 9))
def test_k_layers_of_two_units_have_two_to_the_k_pieces(k, dtype):
    net = tent_net(k).to(dtype)
    n = 2 ** (k + 3)
    x = torch.arange(n + 1, dtype=dtype) / n  # exact in binary
    y = net(x[:, None]).detach().flatten()
    assert torch.equal(y, composed(x, k))
    slopes = y.diff() * n
    assert set(slopes.abs().tolist()) == {2.0**k}
    assert 1 + int((slopes.diff() != 0).sum()) == 2**k
    exact = pieces(net, low=0, high=1)
    assert exact.count == 2**k
    assert torch.equal(exact.ends, torch.arange(2**k + 1).double() / 2**k)
    units = sum(part.out_features for part in net[:-1] if isinstance(part, nn.Linear))
    assert units == 2 * k


@pytest.mark.parametrize("k", range(1, 9))
def test_one_layer_of_as_many_units_has_at_most_2k_plus_1(k):
    most = 0
    for seed in range(50):
        with seeded(seed):
            net = MLP([1, 2 * k, 1], outputs="values").double()
        with torch.no_grad():
            source = torch.Generator().manual_seed(seed)
            net.h1.bias.copy_(torch.randn(2 * k, generator=source, dtype=torch.float64))
        most = max(most, pieces(net[:-1], low=-1e6, high=1e6).count)
    assert most == 2 * k + 1


def test_fewer_than_one_layer_is_refused():
    with pytest.raises(ValueError, match="layers is 0"):
        tent_net(0)
