"""Small nets for tests of what a net sees."""

import torch
from torch import nn


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def conv_net():
    """conv - relu - max pool - conv - relu - flatten - dense, with weights drawn, in float64."""
    net = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 5, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(5 * 2 * 2, 3),
    ).double()
    for k, p in enumerate(net.parameters()):
        p.data = drawn(*p.shape, seed=k) / max(1, p[0].numel()) ** 0.5
    return net
