"""The Inception module: kernels of several sizes side by side, their maps concatenated."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.nets.spatial import Axes, batch_norm, convolution, max_pool

__all__ = ["ConvolvedUnits", "Inception"]

Norm = Literal["batch"]

WIDTHS = 6
"""Numbers of channels that a module needs."""


class ConvolvedUnits(nn.Sequential):
    r"""A convolution, batch normalisation if there is any, and rectifiers.

    .. math:: y = \max(0, N(W * x)) \qquad\text{or}\qquad y = \max(0, W * x + b)

    With batch normalisation the convolution has no bias. Edges are padded by half of the kernel,
    so that the maps keep their size at stride 1. Parameters have the names of torchvision's
    GoogLeNet: conv, bn.

    Args:
        in_channels: of the input.
        out_channels: of the output.
        kernel_size: places of the kernel along each axis.
        stride: distance of neighbouring windows.
        norm: batch; null for none.
        dimensions: axes of an example besides its channels.
    """

    def __init__(
        self,
        in_channels: Count,
        out_channels: Count,
        *,
        kernel_size: Count = 3,
        stride: Count = 1,
        norm: Norm | None = "batch",
        dimensions: Axes = 2,
    ) -> None:
        window = {"kernel_size": kernel_size, "stride": stride, "padding": kernel_size // 2}
        settings: dict[str, Any] = {**window, "bias": norm is None}
        parts: dict[str, nn.Module] = {
            "conv": convolution(in_channels, out_channels, dimensions=dimensions, **settings)
        }
        if norm is not None:
            parts["bn"] = batch_norm(out_channels, dimensions=dimensions, eps=1e-3)
        super().__init__(OrderedDict({**parts, "relu": nn.ReLU()}))


class Inception(nn.Module):
    r"""Four branches over the same maps, concatenated, ``(B, C, *size) -> (B, C', *size)``.

    .. math:: y = [\,a_1 * x,\; a_3 * (r_3 * x),\; a_5 * (r_5 * x),\; p * \max\nolimits_3 x\,]

    Every convolution is followed by rectifiers. A large kernel sees large features, a small one
    small features, and the next layer takes what it needs. The 1 x 1 convolutions r narrow the
    maps first, which makes the large kernels cheap. Parameters have the names of torchvision:
    branch1.conv, branch2.0.conv, branch2.1.conv, branch3.0.conv ... and branch4.1.conv, with bn
    beside conv. (Szegedy et al., 2015, https://arxiv.org/abs/1409.4842.)

    Args:
        in_channels: C.
        widths: channels of a1; r3 and a3; r5 and a5; p, in the order of the paper's table. C' is
            the sum of the first, third, fifth and sixth.
        large_kernel: size of the kernel a5: 5 as in the paper, or 3 as in the public checkpoint.
        norm: batch normalisation after every convolution, which then has no bias; null for none,
            as in the paper.
        dimensions: axes of an example besides its channels.

    Raises:
        ValueError: there are not six widths.

    >>> block = Inception(192, [64, 96, 128, 16, 32, 32], norm=None)
    >>> block(torch.zeros(1, 192, 7, 7, dtype=torch.float32)).shape
    torch.Size([1, 256, 7, 7])
    >>> sum(p.numel() for p in block.parameters())
    163696
    """

    def __init__(
        self,
        in_channels: Count,
        widths: Sequence[Count],
        *,
        large_kernel: Literal[3, 5] = 5,
        norm: Norm | None = "batch",
        dimensions: Axes = 2,
    ) -> None:
        super().__init__()
        if len(widths) != WIDTHS:
            raise UsageError(
                f"an Inception module has widths {list(widths)}: give six, those of 1 x 1, 3 x 3 "
                "reduce, 3 x 3, 5 x 5 reduce, 5 x 5 and of the 1 x 1 convolution after the pool"
            )
        one, narrow3, three, narrow5, five, pooled = widths

        def units(below: int, above: int, *, kernel_size: int = 1) -> nn.Module:
            return ConvolvedUnits(
                below,
                above,
                norm=norm,
                dimensions=dimensions,
                kernel_size=kernel_size,
            )

        self.branch1 = units(in_channels, one)
        self.branch2 = nn.Sequential(
            units(in_channels, narrow3), units(narrow3, three, kernel_size=3)
        )
        self.branch3 = nn.Sequential(
            units(in_channels, narrow5), units(narrow5, five, kernel_size=large_kernel)
        )
        self.branch4 = nn.Sequential(
            max_pool(3, dimensions=dimensions, stride=1, padding=1), units(in_channels, pooled)
        )

    def forward(self, x: Tensor) -> Tensor:
        """``(B, C, *size) -> (B, C', *size)``."""
        branches = (self.branch1, self.branch2, self.branch3, self.branch4)
        return torch.cat([branch(x) for branch in branches], 1)
