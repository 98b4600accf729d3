"""Dilated convolutions in a stack: a large field without strides."""

from collections import OrderedDict
from collections.abc import Sequence

from torch import nn

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.nets.spatial import Axes, convolution

__all__ = ["Dilated"]


class Dilated(nn.Sequential):
    r"""Convolutions whose kernels have gaps, ``(B, C, *size) -> (B, out_channels, *size)``.

    .. math:: y_{k, i} = g\Big( b_k + \sum_{c, u} W_{kcu}\, x_{c,\, i + l (u - a)} \Big)

    with the dilation l of the layer, the centre a of the kernel, and rectifiers g. Layers keep the
    size of the maps. Kernels of size m with dilations :math:`l_1, l_2, \dots` see
    :math:`1 + (m - 1) \sum l` places of each axis: 3, 7 and 15 for 3 x 3 kernels with dilations 1,
    2, 4. (Yu and Koltun, 2016, https://arxiv.org/abs/1511.07122.)

    Args:
        in_channels: C.
        out_channels: of every layer.
        dilations: l of every layer.
        kernel_size: odd number of places of a kernel along each axis.
        dimensions: axes of an example besides its channels.

    Raises:
        ValueError: there are no dilations, or the kernel's size is even, so that it has no centre.

    >>> import torch
    >>> stack = Dilated(1, 4, dilations=[1, 2, 4])
    >>> stack(torch.zeros(1, 1, 9, 9, dtype=torch.float32)).shape
    torch.Size([1, 4, 9, 9])
    """

    def __init__(
        self,
        in_channels: Count,
        out_channels: Count,
        *,
        dilations: Sequence[Count] = (1, 2, 4),
        kernel_size: Count = 3,
        dimensions: Axes = 2,
    ) -> None:
        if not dilations:
            raise UsageError("a stack of dilated convolutions needs dilations, such as [1, 2, 4]")
        if kernel_size % 2 == 0:
            raise UsageError(
                f"kernel_size is {kernel_size}: give an odd number, so that the kernel has a "
                "centre and the maps keep their size"
            )
        parts: dict[str, nn.Module] = {}
        for i, dilation in enumerate(dilations):
            parts[f"conv{i + 1}"] = convolution(
                out_channels if i else in_channels,
                out_channels,
                dimensions=dimensions,
                kernel_size=kernel_size,
                dilation=dilation,
                padding=dilation * (kernel_size // 2),
            )
            parts[f"relu{i + 1}"] = nn.ReLU()
        super().__init__(OrderedDict(parts))
