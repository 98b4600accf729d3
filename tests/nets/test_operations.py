"""Every operation of torch is seen, in order, with what it reads and gives."""

import torch
from torch import nn

from harmonium.nets.operations import Operations


class Seen(Operations):
    def __init__(self):
        super().__init__()
        self.found = []

    def done(self, name, args, *, output):
        self.found.append((name, tuple(args[0].shape), tuple(output.shape)))


def test_operations_are_told_by_name():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
    x = torch.zeros(4, 1, 5, 5)
    with torch.no_grad(), Seen() as seen:
        y = net(x)
    shapes = (4, 1, 5, 5), (4, 2, 3, 3)
    assert seen.found == [("convolution", *shapes), ("relu", shapes[1], shapes[1])]
    assert torch.equal(y, net(x))
