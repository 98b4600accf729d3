"""Residual nets: ResNet-18 to ResNet-152, and the small ones for pictures of 32 x 32."""

from collections.abc import Sequence
from typing import Any

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.nets.net import Net

__all__ = ["cifar_resnet", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]

IMAGENET = (3, 224, 224)
"""Shape of the pictures that the nets were made for: colours, height, width."""

_HE = {"type": "kaiming_normal", "mode": "fan_out", "nonlinearity": "relu"}


_STAGES: dict[int, tuple[str, tuple[int, ...]]] = {
    18: ("basic_block", (2, 2, 2, 2)),
    34: ("basic_block", (3, 4, 6, 3)),
    50: ("bottleneck", (3, 4, 6, 3)),
    101: ("bottleneck", (3, 4, 23, 3)),
    152: ("bottleneck", (3, 8, 36, 3)),
}
"""Depth -> type of block, and number of blocks in every stage (He et al., 2016, table 1)."""


def resnet18(*, classes: Count = 1000, shape: Sequence[Count] = IMAGENET) -> Net:
    """ResNet-18: 18 layers with weights, ``(B, *shape) -> (B, classes)``; 11,689,512 parameters.

    See ``resnet50``.

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    return _resnet(18, classes=classes, shape=shape)


def resnet34(*, classes: Count = 1000, shape: Sequence[Count] = IMAGENET) -> Net:
    """ResNet-34: 34 layers with weights, ``(B, *shape) -> (B, classes)``; 21,797,672 parameters.

    See ``resnet50``.

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    return _resnet(34, classes=classes, shape=shape)


def resnet50(*, classes: Count = 1000, shape: Sequence[Count] = IMAGENET) -> Net:
    """ResNet-50: 50 layers with weights, ``(B, *shape) -> (B, classes)``; 25,557,032 parameters.

    A 7 x 7 convolution of stride 2 and a pool, four stages of bottlenecks of which each later one
    halves the size and doubles the maps, the mean of every map, and a linear layer. Parameters
    have the names of torchvision, so that public checkpoints load (``harmonium.load_weights``).
    First weights of convolutions are He's, normal with variance 2 / (outputs x kernel). (He et
    al., 2016, https://arxiv.org/abs/1512.03385.)

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    return _resnet(50, classes=classes, shape=shape)


def resnet101(*, classes: Count = 1000, shape: Sequence[Count] = IMAGENET) -> Net:
    """ResNet-101: 101 layers with weights, ``(B, *shape) -> (B, classes)``; 44,549,160 parameters.

    See ``resnet50``.

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    return _resnet(101, classes=classes, shape=shape)


def resnet152(*, classes: Count = 1000, shape: Sequence[Count] = IMAGENET) -> Net:
    """ResNet-152: 152 layers with weights, ``(B, *shape) -> (B, classes)``; 60,192,808 parameters.

    See ``resnet50``.

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    return _resnet(152, classes=classes, shape=shape)


def cifar_resnet(
    *, depth: Count = 20, classes: Count = 10, shape: Sequence[Count] = (3, 32, 32)
) -> Net:
    """A small residual net, such as ResNet-20: ``(B, *shape) -> (B, classes)``.

    A 3 x 3 convolution, three stages of n basic blocks with 16, 32 and 64 maps, the mean of every
    map, and a linear layer. Shortcuts have no parameters. ResNet-20 has 269,722 parameters. (He et
    al., 2016, section 4.2, https://arxiv.org/abs/1512.03385.)

    Args:
        depth: number of layers with weights, 6 n + 2: 20, 32, 44, 56, 110.
        classes: number of outputs.
        shape: of a picture: channels, height, width.

    Raises:
        ValueError: the depth is not 6 n + 2.
    """
    blocks, rest = divmod(depth - 2, 6)
    if rest or blocks < 1:
        raise UsageError(
            f"depth is {depth}: give 6 n + 2, such as 8, 20, 32, 44, 56 or 110: two layers and "
            "three stages of n blocks, of two layers each"
        )
    layers: list[Any] = [
        {"type": "conv2d", "name": "conv1", "out_channels": 16, "kernel_size": 3, "padding": 1}
        | {"bias": False, "initial": {"weight": _HE}},
        {"type": "batch_norm2d", "name": "bn1"},
        "relu",
    ]
    for k, planes in enumerate((16, 32, 64)):
        block = {"type": "basic_block", "shortcut": "padded"}
        layers.append(_stage(block, planes, blocks=blocks, number=k + 1))
    return Net(shape=shape, layers=[*layers, *_head(classes)])


def _resnet(depth: int, *, classes: int, shape: Sequence[int]) -> Net:
    """A residual net for large pictures."""
    block, blocks = _STAGES[depth]
    layers: list[Any] = [
        {"type": "conv2d", "name": "conv1", "out_channels": 64, "kernel_size": 7, "stride": 2}
        | {"padding": 3, "bias": False, "initial": {"weight": _HE}},
        {"type": "batch_norm2d", "name": "bn1"},
        "relu",
        {"type": "max_pool2d", "name": "maxpool", "kernel_size": 3, "stride": 2, "padding": 1},
    ]
    for k, count in enumerate(blocks):
        layers.append(_stage({"type": block}, 64 * 2**k, blocks=count, number=k + 1))
    return Net(shape=shape, layers=[*layers, *_head(classes)])


def _stage(block: dict[str, Any], planes: int, *, blocks: int, number: int) -> dict[str, Any]:
    """Blocks of equal size; the first one of a later stage halves the maps."""
    kind = {**block, "planes": planes}
    first = {**kind, "stride": 2} if number > 1 else kind
    inner = [first, {**kind, "repeat": blocks - 1}] if blocks > 1 else [first]
    return {"type": "sequential", "name": f"layer{number}", "layers": inner}


def _head(classes: int) -> list[Any]:
    return [
        {"type": "adaptive_avg_pool2d", "name": "avgpool", "output_size": 1},
        "flatten",
        {"type": "linear", "name": "fc", "out_features": classes},
    ]
