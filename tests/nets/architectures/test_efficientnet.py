"""EfficientNet-Lite0: its count, the names of its checkpoint, and an independent reference."""

import pytest
import torch
from torch.nn import functional

from harmonium.nets.architectures import efficientnet_lite0
from tests.nets.architectures.counted import (
    batch_norm,
    count,
    normed,
    outlined,
    pictures,
    shaken,
    shapes,
)

STAGES = [(16, 1, 1, 3, 1), (24, 6, 2, 3, 2), (40, 6, 2, 5, 2), (80, 6, 2, 3, 3)]
STAGES += [(112, 6, 1, 5, 3), (192, 6, 2, 5, 4), (320, 6, 1, 3, 1)]
BLOCKS = [
    (maps, wider, stride if i == 0 else 1, kernel)
    for maps, wider, stride, kernel, count in STAGES
    for i in range(count)
]


def tensors():
    """Names and shapes of the public checkpoint, by rule."""
    found = {"_conv_stem.weight": (32, 3, 3, 3), **normed("_bn0", 32)}
    below = 32
    for k, (maps, wider, _, kernel) in enumerate(BLOCKS):
        name, inner = f"_blocks.{k}", below * wider
        if wider > 1:
            found[f"{name}._expand_conv.weight"] = (inner, below, 1, 1)
            found |= normed(f"{name}._bn0", inner)
        found[f"{name}._depthwise_conv.weight"] = (inner, 1, kernel, kernel)
        found |= normed(f"{name}._bn1", inner)
        found[f"{name}._project_conv.weight"] = (maps, inner, 1, 1)
        found |= normed(f"{name}._bn2", maps)
        below = maps
    found |= {"_conv_head.weight": (1280, below, 1, 1), **normed("_bn1", 1280)}
    return found | {"_fc.weight": (1000, 1280), "_fc.bias": (1000,)}


def test_names_shapes_and_the_count_are_those_of_the_checkpoint():
    net = outlined(efficientnet_lite0)
    assert shapes(net) == tensors()
    assert len(shapes(net)) == 296
    assert count(net) == 4_652_008


def same(x, weight, *, stride=1, groups=1):
    """A convolution whose padding keeps ceil(n / stride) places, the odd one at the end."""
    pads = []
    for n in (x.shape[3], x.shape[2]):
        missing = max((-(-n // stride) - 1) * stride + weight.shape[-1] - n, 0)
        pads += [missing // 2, missing - missing // 2]
    return functional.conv2d(functional.pad(x, pads), weight, stride=stride, groups=groups)


def reference(state, x):
    """The net from its state dict alone."""

    def step(name, norm, x, **settings):
        x = same(x, state[f"{name}.weight"], **settings)
        return batch_norm(state, norm, x, eps=1e-3)

    x = step("_conv_stem", "_bn0", x, stride=2).clamp(0, 6)
    for k, (_, wider, stride, _) in enumerate(BLOCKS):
        name, y = f"_blocks.{k}", x
        if wider > 1:
            y = step(f"{name}._expand_conv", f"{name}._bn0", y).clamp(0, 6)
        groups = y.shape[1]
        y = step(f"{name}._depthwise_conv", f"{name}._bn1", y, stride=stride, groups=groups)
        y = step(f"{name}._project_conv", f"{name}._bn2", y.clamp(0, 6))
        x = x + y if x.shape == y.shape and stride == 1 else y
    x = step("_conv_head", "_bn1", x).clamp(0, 6).mean((2, 3))
    return functional.linear(x, state["_fc.weight"], state["_fc.bias"])


@torch.no_grad()
@pytest.mark.parametrize("size", [48, 51])
def test_the_net_is_the_reference_from_its_state_dict(size):
    net, state = shaken(efficientnet_lite0, shape=(3, size, size))
    x = pictures(size)
    expected = reference(state, x)
    assert float((net(x) - expected).abs().max()) < 1e-5 * float(expected.abs().max())
