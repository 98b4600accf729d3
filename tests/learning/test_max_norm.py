"""The limit on the norms of hidden units."""

import torch
from torch import nn

from harmonium.learning import Descent, cross_entropy
from harmonium.learning.max_norm import limit_norms, max_norm
from harmonium.nets import MLP
from harmonium.random import seeded


def test_long_rows_are_scaled_and_short_ones_stay():
    w = torch.tensor([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]], dtype=torch.float64)
    limit_norms(w, 1.0)
    expected = torch.tensor([[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]], dtype=torch.float64)
    torch.testing.assert_close(w, expected, rtol=0, atol=1e-15)


def test_kernels_are_limited_as_whole_rows():
    w = torch.ones(2, 1, 3, 3, dtype=torch.float64)
    limit_norms(w, 1.0)
    torch.testing.assert_close(w.flatten(1).norm(dim=1), torch.ones(2, dtype=torch.float64))


def test_every_update_ends_within_the_limit_but_for_the_head():
    with seeded(0):
        net = MLP([4, 6, 5, 3], initial=2.0)
    x = torch.randn(20, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    sgd = torch.optim.SGD(net.parameters(), lr=1.0)
    learner = Descent(net, sgd, cross_entropy, max_norm(net, 0.5))
    for _ in range(3):
        learner.step({"x": x, "y": torch.arange(20) % 3})
        for part in (net.h1, net.h2):
            norms = part.weight.detach().norm(dim=1)
            assert float(norms.max()) <= 0.5 + 1e-6
    assert float(net.outputs.weight.detach().norm(dim=1).max()) > 0.5


def test_a_net_of_one_layer_has_nothing_to_limit():
    net = nn.Linear(3, 2)
    before = net.weight.detach().clone()
    max_norm(net, 1e-3)()
    assert torch.equal(net.weight, before)
