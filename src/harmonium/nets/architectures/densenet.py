"""Densely connected nets: DenseNet-121 to DenseNet-201, and a small one for 32 x 32."""

from collections.abc import Sequence
from typing import Any

from harmonium.bounds import Count, Share
from harmonium.errors import UsageError
from harmonium.nets.net import Net

__all__ = ["cifar_densenet", "densenet121", "densenet161", "densenet169", "densenet201"]

IMAGENET = (3, 224, 224)
"""Shape of the pictures that the nets were made for: colours, height, width."""


def densenet121(*, classes: Count = 1000, shape: Sequence[Count] = IMAGENET) -> Net:
    """DenseNet-121: growth 32, blocks of 6, 12, 24, 16 layers; 7,978,856 parameters.

    See ``densenet201``.

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    return _densenet((6, 12, 24, 16), classes=classes, shape=shape)


def densenet161(*, classes: Count = 1000, shape: Sequence[Count] = IMAGENET) -> Net:
    """DenseNet-161: growth 48, blocks of 6, 12, 36, 24 layers; 28,681,000 parameters.

    See ``densenet201``.

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    return _densenet((6, 12, 36, 24), growth=48, first=96, classes=classes, shape=shape)


def densenet169(*, classes: Count = 1000, shape: Sequence[Count] = IMAGENET) -> Net:
    """DenseNet-169: growth 32, blocks of 6, 12, 32, 32 layers; 14,149,480 parameters.

    See ``densenet201``.

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    return _densenet((6, 12, 32, 32), classes=classes, shape=shape)


def densenet201(*, classes: Count = 1000, shape: Sequence[Count] = IMAGENET) -> Net:
    """DenseNet-201: growth 32, blocks of 6, 12, 48, 32 layers; 20,013,928 parameters.

    ``(B, *shape) -> (B, classes)``. A 7 x 7 convolution of stride 2 and a pool, four dense blocks
    with transitions between them that halve the maps and their size, the mean of every map, and a
    linear layer. Parameters have the names of torchvision, so that public checkpoints load
    (``harmonium.load_weights``). First weights of convolutions are He's, normal with variance
    2 / (inputs x kernel). (Huang et al., 2017, https://arxiv.org/abs/1608.06993.)

    Args:
        classes: number of outputs.
        shape: of a picture: channels, height, width.
    """
    return _densenet((6, 12, 48, 32), classes=classes, shape=shape)


def cifar_densenet(
    *,
    depth: Count = 40,
    growth_rate: Count = 12,
    bottleneck: bool = False,
    drop_rate: Share = 0.0,
    classes: Count = 10,
    shape: Sequence[Count] = (3, 32, 32),
) -> Net:
    """A small densely connected net, ``(B, *shape) -> (B, classes)``.

    A 3 x 3 convolution, three dense blocks with transitions between them, the mean of every map,
    and a linear layer. Without bottlenecks (DenseNet-40, growth 12: 1,019,722 parameters), it
    starts with 16 maps, and transitions keep the number of maps; with them (DenseNet-BC-100,
    growth 12: 769,162), it starts with 2 k maps, and transitions halve it. (Huang et al., 2017,
    section 3, https://arxiv.org/abs/1608.06993.)

    Args:
        depth: number of layers with weights, 3 n + 4; with bottlenecks 6 n + 4.
        growth_rate: k, maps of every layer of a block.
        bottleneck: whether a 1 x 1 convolution narrows the maps before every 3 x 3 convolution.
        drop_rate: share of new values that is switched off at random in training mode.
        classes: number of outputs.
        shape: of a picture: channels, height, width.

    Raises:
        ValueError: the depth is not that of three equal blocks.
    """
    count, rest = divmod(depth - 4, 6 if bottleneck else 3)
    if rest or count < 1:
        raise UsageError(
            f"depth is {depth}: give {'6 n + 4' if bottleneck else '3 n + 4'}, such as 22, 40 or "
            "100: four layers and three dense blocks of n layers"
        )
    channels = 2 * growth_rate if bottleneck else 16
    block = {"growth_rate": growth_rate, "bn_size": 4 if bottleneck else None}
    layers: list[Any] = [
        {"type": "conv2d", "name": "conv0", "out_channels": channels, "kernel_size": 3}
        | {"padding": 1, "bias": False, "initial": {"weight": "kaiming_normal"}},
    ]
    for k in range(3):
        layers.append(
            {"type": "dense_block", "name": f"denseblock{k + 1}", "num_layers": count, **block}
            | {"drop_rate": drop_rate}
        )
        channels += count * growth_rate
        if k < 2:
            channels = channels // 2 if bottleneck else channels
            layers.append(_transition(k + 1, channels))
    return _net([*layers, {"type": "batch_norm2d", "name": "norm4"}], classes, shape=shape)


def _densenet(
    blocks: Sequence[int],
    *,
    growth: int = 32,
    first: int = 64,
    classes: int,
    shape: Sequence[int],
) -> Net:
    """A densely connected net for large pictures."""
    channels = first
    layers: list[Any] = [
        {"type": "conv2d", "name": "conv0", "out_channels": first, "kernel_size": 7}
        | {"stride": 2, "padding": 3, "bias": False, "initial": {"weight": "kaiming_normal"}},
        {"type": "batch_norm2d", "name": "norm0"},
        {"type": "relu", "name": "relu0"},
        {"type": "max_pool2d", "name": "pool0", "kernel_size": 3, "stride": 2, "padding": 1},
    ]
    for k, count in enumerate(blocks):
        layers.append(
            {"type": "dense_block", "name": f"denseblock{k + 1}", "num_layers": count}
            | {"growth_rate": growth}
        )
        channels += count * growth
        if k < len(blocks) - 1:
            channels //= 2
            layers.append(_transition(k + 1, channels))
    return _net([*layers, {"type": "batch_norm2d", "name": "norm5"}], classes, shape=shape)


def _transition(number: int, channels: int) -> dict[str, Any]:
    return {"type": "transition", "name": f"transition{number}", "out_channels": channels}


def _net(features: list[Any], classes: int, *, shape: Sequence[int]) -> Net:
    return Net(
        shape=shape,
        layers=[
            {"type": "sequential", "name": "features", "layers": features},
            "relu",
            {"type": "adaptive_avg_pool2d", "output_size": 1},
            "flatten",
            {"type": "linear", "name": "classifier", "out_features": classes}
            | {"initial": {"bias": "zeros"}},
        ],
    )
