"""The recursive net starts as a mean of both parts."""

import torch

from harmonium.nets.trees.recursive import Layer, near_mean
from harmonium.random import seeded


def test_a_parent_starts_near_the_mean_of_its_children():
    with seeded(0):
        layer = Layer(30)
    left, right = torch.randn(2, 50, 30, generator=torch.Generator().manual_seed(1)) * 0.1
    parent = layer(torch.cat([left, right], 1)).detach()
    assert float((parent - (left + right) / 2).abs().max()) < 0.05


def test_the_noise_of_the_start_depends_on_the_seed_alone():
    with seeded(0):
        first = near_mean(4)
    with seeded(0):
        again = near_mean(4)
    with seeded(1):
        other = near_mean(4)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
