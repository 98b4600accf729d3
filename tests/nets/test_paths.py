"""Blocks name the modules on the ways through them, from which a receptive field follows."""

import pytest
import torch
from torch import nn

from harmonium.nets.dense_block import DenseBlock
from harmonium.nets.inception import Inception
from harmonium.nets.residual import BasicBlock, Bottleneck, Padded
from harmonium.random import seeded

BLOCKS = {
    "basic": (lambda: BasicBlock(2, 3, stride=2), 7),
    "basic-same": (lambda: BasicBlock(2, 2), 5),
    "padded": (lambda: BasicBlock(2, 3, stride=2, shortcut="padded"), 7),
    "bottleneck": (lambda: Bottleneck(2, 3), 3),
    "inception": (lambda: Inception(2, [1, 1, 1, 1, 1, 1]), 5),
    "inception-3": (lambda: Inception(2, [1, 1, 1, 1, 1, 1], large_kernel=3), 3),
    "dense": (lambda: DenseBlock(2, 3, growth_rate=2), 7),
    "dense-single": (lambda: DenseBlock(2, 2, growth_rate=2, bn_size=None), 5),
}


def first(size):
    return size[0] if isinstance(size, tuple) else size


def walked(modules, field=1, stride=1):
    """Field and stride of modules in order: r + (kernel - 1) x stride so far."""
    for part in modules:
        if hasattr(part, "kernel_size"):
            field += (first(part.kernel_size) - 1) * stride
            stride *= first(part.stride)
        elif isinstance(part, Padded):
            stride *= part.stride
        elif hasattr(part, "paths"):
            ends = [walked(path, field, stride) for path in part.paths()]
            field, stride = max(end[0] for end in ends), ends[0][1]
        else:
            field, stride = walked(part.children(), field, stride)
    return field, stride


@pytest.mark.parametrize("name", BLOCKS)
def test_the_longest_way_has_the_measured_field(name):
    make, expected = BLOCKS[name]
    with seeded(0):
        block = make().eval().double()
    with torch.no_grad():
        for p in block.parameters():
            p.abs_()
            if p.ndim == 1:
                p.add_(0.1)
    ways = [walked(path) for path in block.paths()]
    assert max(field for field, _ in ways) == expected
    assert len({stride for _, stride in ways}) == 1
    x = torch.ones(1, 2, 25, 25, dtype=torch.float64, requires_grad=True)
    out = block(x)
    out[0, :, out.shape[2] // 2, out.shape[3] // 2].sum().backward()
    seen = x.grad[0].sum(0).nonzero()
    size = seen.amax(0) - seen.amin(0) + 1
    assert size.tolist() == [expected] * 2


def test_ways_hold_every_module_with_parameters():
    for make, _ in BLOCKS.values():
        block = make()
        on_ways = {
            id(p)
            for path in block.paths()
            for part in path
            for p in nn.ModuleList([part]).parameters()
        }
        assert on_ways == {id(p) for p in block.parameters()}
