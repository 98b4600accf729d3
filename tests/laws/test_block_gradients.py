"""Gradients of every block of a convolutional net against central differences.

Parameters and inputs, in evaluation mode and in training mode, where batch normalisation divides
by what it has just measured; over 1, 2 and 3 axes where a block has them.
"""

import pytest
import torch

from harmonium.nets.bias_map import BiasMap
from harmonium.nets.dense_block import DenseBlock, DenseLayer, Transition
from harmonium.nets.dilated import Dilated
from harmonium.nets.inception import Inception
from harmonium.nets.residual import BasicBlock, Bottleneck, Padded
from harmonium.random import seeded

STEP, LIMIT = 1e-6, 2e-8

BLOCKS = {
    "basic": lambda **axes: BasicBlock(3, 3, **axes),
    "basic-stride": lambda **axes: BasicBlock(2, 3, stride=2, **axes),
    "basic-padded": lambda **axes: BasicBlock(2, 3, stride=2, shortcut="padded", **axes),
    "bottleneck": lambda **axes: Bottleneck(8, 2, **axes),
    "bottleneck-stride": lambda **axes: Bottleneck(3, 2, stride=2, groups=2, **axes),
    "inception": lambda **axes: Inception(2, [2, 1, 2, 1, 2, 1], norm=None, **axes),
    "inception-norm": lambda **axes: Inception(2, [2, 1, 2, 1, 2, 1], large_kernel=3, **axes),
    "dense": lambda **axes: DenseBlock(2, 3, growth_rate=2, bn_size=2, **axes),
    "dense-single": lambda **axes: DenseBlock(2, 2, growth_rate=2, bn_size=None, **axes),
    "dense-layer": lambda **axes: DenseLayer(3, 2, bn_size=1, **axes),
    "transition": lambda **axes: Transition(4, **axes),
    "dilated": lambda **axes: Dilated(2, 2, dilations=[1, 2], **axes),
    "padded": lambda **_: Padded(1, 2),
    "bias-map": lambda dimensions=2: BiasMap([2, *[5, 4, 3][:dimensions]]),
}
CHANNELS = {"basic": 3, "bottleneck": 8, "bottleneck-stride": 3, "dense-layer": 3, "transition": 4}


def specimen(name, axes=2):
    """The block in float64 with a start off zero, and two examples."""
    with seeded(4):
        block = BLOCKS[name](dimensions=axes).double()
    source = torch.Generator().manual_seed(9)
    with torch.no_grad():
        for part in [*block.parameters(), *block.buffers()]:
            if part.is_floating_point():
                noise = torch.randn(part.shape, generator=source, dtype=torch.float64)
                part.add_(0.1 * noise if part.min() <= 0 else 0.1 * noise.abs())
    size = [CHANNELS.get(name, 2), *[5, 4, 3][:axes]]
    x = torch.randn(2, *size, generator=source, dtype=torch.float64)
    return block, x.requires_grad_()


def differences(block, x) -> float:
    """Largest difference of autograd and central differences, by the size of a derivative."""
    weights = torch.randn(block(x).shape, generator=torch.Generator().manual_seed(1)).double()

    def loss():
        return (weights * block(x)).sum()

    variables = [x, *block.parameters()]
    gap = 0.0
    for variable, grad in zip(variables, torch.autograd.grad(loss(), variables), strict=True):
        flat = variable.data.view(-1)
        for k in range(0, len(flat), 1 + len(flat) // 40):
            value, ends = float(flat[k]), []
            for side in (STEP, -STEP):
                flat[k] = value + side
                with torch.no_grad():
                    ends.append(float(loss()))
            flat[k] = value
            slope = (ends[0] - ends[1]) / (2 * STEP)
            gap = max(gap, abs(float(grad.reshape(-1)[k]) - slope) / (1 + abs(slope)))
    return gap


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("training", [False, True])
def test_gradients_are_central_differences(name, training):
    block, x = specimen(name)
    assert differences(block.train(training), x) < LIMIT


@pytest.mark.parametrize("name", ["basic-stride", "bottleneck", "inception", "dense", "dilated"])
@pytest.mark.parametrize("axes", [1, 3])
def test_gradients_over_other_axes(name, axes):
    block, x = specimen(name, axes)
    assert block(x).ndim == axes + 2
    assert differences(block.eval(), x) < LIMIT


class Wrong(torch.autograd.Function):
    """A sum of two branches; the gradient of the second is 1 % too small."""

    @staticmethod
    def forward(ctx, a, b):
        return a + b

    @staticmethod
    def backward(ctx, grad):
        return grad, 0.99 * grad


def test_a_wrong_derivative_breaks_the_law():
    block, x = specimen("basic")
    block.eval()
    inner = torch.nn.Sequential(block.conv1, block.bn1, block.conv2, block.bn2)
    block.forward = lambda x: Wrong.apply(inner(x), x)
    assert differences(block, x) > 100 * LIMIT
