"""A net of fixed windows, run on all windows of a larger picture at once."""

from collections.abc import Sequence
from typing import Any

from torch import Tensor
from torch.nn import functional

from harmonium.errors import UsageError
from harmonium.nets.net import Net, Node

__all__ = ["slid", "step_of", "window_counts"]

_EACH = {
    *("dropout", "elu", "gelu", "identity", "leaky_relu", "logistic", "relu", "relu6", "rescale"),
    *("scaled_tanh", "sigmoid", "silu", "tanh"),
}
"""Layers that change each value by itself."""

_FLAT = _EACH | {"flatten", "linear"}
"""Layers whose output has no places."""

_MAPS = _EACH | {"batch_norm2d", "dropout2d"}
"""Layers that treat all places of a feature map alike."""

_WINDOWED = {"avg_pool2d", "conv2d", "max_pool2d"}
"""Layers that slide themselves."""


def slid(net: Net, pictures: Tensor) -> Tensor:
    r"""Outputs of a net for all windows of pictures, ``(B, C, H, W) -> (B, outputs, i, j)``.

    .. math:: s(i, j) = f(x[:, \, d i : d i + h, \, d j : d j + w])

    f is the net on windows of h x w, d the product of the strides of its layers. The net is run
    on whole pictures, so that windows share what they have in common: convolutions and pooling
    slide by themselves, and a dense layer behind them is a convolution whose kernel is as large as
    the maps that it reads (Sermanet et al., 2014, https://arxiv.org/abs/1312.6229). The result is
    that of cutting all windows out, since no layer pads.

    Args:
        net: a chain of layers in evaluation mode.
        pictures: of any size from that of a window.

    Raises:
        ValueError: a layer would see more of a picture than of its window (``step_of``), or
            pictures are smaller than a window.
    """
    rows, columns = window_counts(net, tuple(pictures.shape[2:]))
    x, maps = pictures, net.shape
    for node in net.nodes:
        if node.type == "linear":
            layer: Any = node.module
            x = functional.conv2d(x, layer.weight.reshape(-1, *maps), layer.bias)
            maps = (*node.shape, 1, 1)
        elif node.type != "flatten":
            x = node.module(x)
            maps = node.shape if len(node.shape) == 3 else maps
    return x[:, :, :rows, :columns]


def window_counts(net: Net, size: tuple[int, ...]) -> tuple[int, int]:
    """Numbers of windows below each other and side by side in pictures of this size.

    Raises:
        ValueError: a picture is smaller than a window.
    """
    height, width = net.shape[1:]
    if size[0] < height or size[1] < width:
        raise UsageError(
            f"a picture of {size[0]} x {size[1]}, but the net reads windows of {height} x "
            f"{width}: give larger pictures, or leave small scales out"
        )
    down, across = step_of(net)
    return (size[0] - height) // down + 1, (size[1] - width) // across + 1


def step_of(net: Net) -> tuple[int, int]:
    """Pixels from a window to the next one, down and across.

    Raises:
        ValueError: the net is no chain, pads, or has a layer that does not slide.
    """
    if len(net.shape) != 3:
        raise UsageError(
            f"the net reads {net.shape}: windows of (channels, rows, columns) are needed"
        )
    down, across, last = 1, 1, "input"
    maps: tuple[int, ...] = net.shape
    for node in net.nodes:
        if node.inputs != (last,):
            raise _no(node, "reads other layers than the one above")
        last, flat = node.name, len(node.shape) == 1
        if node.type in _WINDOWED:
            a, b = _stride(node)
            down, across = down * a, across * b
        elif node.type not in (_FLAT if flat else _MAPS):
            raise _no(node, "does not slide over a picture")
        maps = (*node.shape, 1, 1) if node.type == "linear" else maps
        maps = maps if flat else node.shape
    if maps[1:] != (1, 1):
        raise UsageError(
            f"the window ends in maps of {maps[1]} x {maps[2]}: end in flatten and linear, so "
            "that it has one place"
        )
    return down, across


def _stride(node: Node) -> tuple[int, int]:
    module: Any = node.module
    if any(_pair(getattr(module, "padding", 0))):
        raise _no(node, "pads its window, where a larger picture goes on: leave padding out")
    if getattr(module, "ceil_mode", False):
        raise _no(node, "pools over the edge of its window: leave ceil_mode out")
    return _pair(module.stride)


def _pair(value: int | str | Sequence[int] | None) -> tuple[int, int]:
    if isinstance(value, str):
        return (0, 0) if value == "valid" else (1, 1)
    if value is None:
        return 1, 1
    return (value, value) if isinstance(value, int) else (value[0], value[1])


def _no(node: Node, reason: str) -> UsageError:
    return UsageError(f"layer {node.name!r} ({node.type}) of the window {reason}")
