"""The deep Q-networks of 2013 and 2015: from four pictures of a game to values of all moves."""

from collections.abc import Sequence
from typing import Any

from harmonium.bounds import Count
from harmonium.nets.net import Net

__all__ = ["dqn2013", "dqn2015"]

FRAMES = (4, 84, 84)
"""Shape of what the nets see: the last four pictures, in grey."""


def dqn2013(*, actions: Count = 6, shape: Sequence[Count] = FRAMES) -> Net:
    """The net that learned seven Atari games, ``(B, *shape) -> (B, actions)``.

    16 kernels of 8 x 8 with stride 4, 32 of 4 x 4 with stride 2, 256 units, and a linear output
    for every action: 677,686 parameters at 6 actions. First weights are torch's own. (Mnih et al.,
    2013, https://arxiv.org/abs/1312.5602.)

    Args:
        actions: number of moves.
        shape: of an observation: pictures, height, width.
    """
    layers = [*_conv(1, 16, kernel=8, stride=4), *_conv(2, 32, kernel=4, stride=2)]
    return _net([*layers, "flatten", *_dense(256, actions)], shape)


def dqn2015(*, actions: Count = 18, shape: Sequence[Count] = FRAMES) -> Net:
    """The net that learned 49 Atari games, ``(B, *shape) -> (B, actions)``.

    32 kernels of 8 x 8 with stride 4, 64 of 4 x 4 with stride 2, 64 of 3 x 3, 512 units, and a
    linear output for every action: 1,686,180, 1,687,206 and 1,693,362 parameters at 4, 6 and 18
    actions. First weights are torch's own. (Mnih et al., 2015,
    https://doi.org/10.1038/nature14236.)

    Args:
        actions: number of moves.
        shape: of an observation: pictures, height, width.
    """
    layers = [
        *_conv(1, 32, kernel=8, stride=4),
        *_conv(2, 64, kernel=4, stride=2),
        *_conv(3, 64, kernel=3, stride=1),
    ]
    return _net([*layers, "flatten", *_dense(512, actions)], shape)


def _conv(number: int, maps: int, *, kernel: int, stride: int) -> list[Any]:
    layer = {"type": "conv2d", "name": f"conv{number}", "out_channels": maps}
    return [
        {**layer, "kernel_size": kernel, "stride": stride},
        {"type": "relu", "name": f"relu{number}"},
    ]


def _dense(units: int, actions: int) -> list[Any]:
    return [
        {"type": "linear", "name": "hidden", "out_features": units},
        "relu",
        {"type": "linear", "name": "outputs", "out_features": actions},
    ]


def _net(layers: list[Any], shape: Sequence[int]) -> Net:
    return Net(shape=shape, layers=layers, outputs="values")
