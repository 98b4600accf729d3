"""AlphaGo's nets: the policy gives a probability for every point, the value an outcome."""

from collections.abc import Sequence
from typing import Any

from harmonium.bounds import Count
from harmonium.nets.net import Net

__all__ = ["alphago_policy", "alphago_value"]

_HE = {"type": "kaiming_normal", "nonlinearity": "relu"}


def alphago_policy(*, maps: Count = 192, shape: Sequence[Count] = (48, 19, 19)) -> Net:
    """The policy net: logits of the points of the board, ``(B, *shape) -> (B, rows x columns)``.

    A 5 x 5 convolution, eleven of 3 x 3, and a 1 x 1 convolution to one map, with a bias for every
    point: 3,882,793 parameters. The paper does not say how weights start; here they are He's.
    (Silver et al., 2016, https://doi.org/10.1038/nature16961.)

    Args:
        maps: of every hidden layer, k in the paper.
        shape: of a position: planes of features, rows, columns.
    """
    layers = [
        *_convolutions(12, maps),
        {"type": "conv2d", "name": "conv13", "out_channels": 1, "kernel_size": 1, "bias": False}
        | {"initial": {"weight": _HE}},
        {"type": "bias_map", "name": "point"},
        "flatten",
    ]
    return Net(shape=shape, layers=layers)


def alphago_value(*, maps: Count = 192, shape: Sequence[Count] = (49, 19, 19)) -> Net:
    """The value net: the expected outcome from -1 to 1, ``(B, *shape) -> (B, 1)``.

    A 5 x 5 convolution, eleven of 3 x 3, a 1 x 1 convolution to one map, 256 units and tanh:
    3,980,162 parameters. One plane more than the policy's says whose turn it is. The paper does
    not say how weights start; here they are He's. (Silver et al., 2016,
    https://doi.org/10.1038/nature16961.)

    Args:
        maps: of every hidden layer, k in the paper.
        shape: of a position: planes of features, rows, columns.
    """
    layers = [
        *_convolutions(12, maps),
        {"type": "conv2d", "name": "conv13", "out_channels": 1, "kernel_size": 1}
        | {"initial": {"weight": _HE}},
        {"type": "relu", "name": "relu13"},
        "flatten",
        {"type": "linear", "name": "hidden", "out_features": 256, "initial": {"weight": _HE}},
        "relu",
        {"type": "linear", "name": "outcome", "out_features": 1},
        "tanh",
    ]
    return Net(shape=shape, layers=layers, outputs="values")


def _convolutions(count: int, maps: int) -> list[Any]:
    """A 5 x 5 convolution and 3 x 3 convolutions that keep the size of the board."""
    layers: list[Any] = []
    for k in range(1, count + 1):
        kernel = 5 if k == 1 else 3
        layer = {"type": "conv2d", "name": f"conv{k}", "out_channels": maps}
        layers += [
            {**layer, "kernel_size": kernel, "padding": kernel // 2, "initial": {"weight": _HE}},
            {"type": "relu", "name": f"relu{k}"},
        ]
    return layers
