"""Convolution, batch normalisation and pooling over 1, 2 or 3 axes, by one name each."""

from typing import Any, Literal, TypeAlias

import torch
from torch import nn

from harmonium.random import normal, uniform

__all__ = ["Axes", "Start", "average_pool", "batch_norm", "convolution", "max_pool"]

Axes: TypeAlias = Literal[1, 2, 3]
"""Number of axes of an example besides its channels: series, pictures, volumes."""

Start: TypeAlias = Literal["uniform", "he_in", "he_out"]
"""Rule of the first weights of a convolution."""

_CONVOLUTIONS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
_NORMS = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
_MAXIMA = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
_MEANS = {1: nn.AvgPool1d, 2: nn.AvgPool2d, 3: nn.AvgPool3d}


@torch.no_grad()
def convolution(
    in_channels: int,
    out_channels: int,
    *,
    dimensions: Axes = 2,
    start: Start = "uniform",
    **settings: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    r"""A convolution of torch whose first weights come from ``harmonium.random``.

    - "uniform": weights and biases are uniform on :math:`\pm 1 / \sqrt n`, where n is the number
      of values that an output reads; torch's own layers start so.
    - "he_in": weights are normal with variance 2 / n, and biases are zero (He et al., 2015,
      https://arxiv.org/abs/1502.01852).
    - "he_out": the same with the number of values that an input is read by, without stride.

    Args:
        in_channels: of its input.
        out_channels: of its output.
        dimensions: number of axes over which the kernel moves.
        start: rule of the first weights.
        **settings: of ``torch.nn.Conv2d``: kernel_size, stride, padding, dilation, groups, bias.

    >>> import torch
    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     layer = convolution(3, 8, dimensions=1, kernel_size=5)
    >>> layer(torch.zeros(2, 3, 9, dtype=torch.float32)).shape
    torch.Size([2, 8, 5])
    """
    kind: Any = _CONVOLUTIONS[dimensions]
    layer = kind(in_channels, out_channels, device="meta", dtype=torch.float32, **settings)
    if torch.get_default_device().type == "meta":
        return layer
    layer = layer.to_empty(device=torch.get_default_device())
    if start == "uniform":
        edge = layer.weight[0].numel() ** -0.5
        for parameter in layer.parameters():
            parameter.copy_(edge * (2 * uniform(parameter) - 1))
        return layer
    read = layer.weight[0] if start == "he_in" else layer.weight[:, 0]
    layer.weight.copy_((2 / read.numel()) ** 0.5 * normal(layer.weight))
    if layer.bias is not None:
        layer.bias.zero_()
    return layer


def batch_norm(channels: int, *, dimensions: Axes = 2, eps: float = 1e-5) -> nn.Module:
    """Batch normalisation of channels over the rows and all axes, with a factor and an offset."""
    made: nn.Module = _NORMS[dimensions](channels, eps=eps, dtype=torch.float32)
    return made


def max_pool(kernel_size: int, *, dimensions: Axes = 2, **settings: Any) -> nn.Module:  # noqa: ANN401
    """The largest value of every window; ``settings`` are those of ``torch.nn.MaxPool2d``."""
    kind: Any = _MAXIMA[dimensions]
    return kind(kernel_size, **settings)


def average_pool(kernel_size: int, *, dimensions: Axes = 2, **settings: Any) -> nn.Module:  # noqa: ANN401
    """The mean of every window; ``settings`` are those of ``torch.nn.AvgPool2d``."""
    kind: Any = _MEANS[dimensions]
    return kind(kernel_size, **settings)
