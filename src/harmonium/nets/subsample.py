"""Trainable subsampling: a pooled value of every window, scaled and shifted for each map."""

from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from harmonium.bounds import Count

__all__ = ["Subsample2d"]


class Subsample2d(nn.Module):
    r"""Pooling with a weight and a bias for each map, ``(B, C, H, W) -> (B, C, H / k, W / k)``.

    .. math:: y_c = w_c s_c + b_c

    s is the mean or the maximum of every window of k x k values. Followed by a nonlinearity f this
    is the subsampling layer f(w s + b) of LeNet-5. A small w makes such a unit nearly linear, so
    that it only blurs; a large one makes it act like a noisy "or" or "and". (LeCun et al., 1998,
    https://doi.org/10.1109/5.726791, section II B.)

    It starts as plain pooling, with w = 1 and b = 0.

    Args:
        in_channels: number of maps.
        kernel_size: k; windows do not overlap, and what is left at the edge is dropped.
        pool: mean or maximum.

    >>> layer = Subsample2d(6)
    >>> sum(p.numel() for p in layer.parameters()), layer(torch.zeros(1, 6, 28, 28)).shape
    (12, torch.Size([1, 6, 14, 14]))
    """

    def __init__(
        self,
        in_channels: Count,
        kernel_size: Count = 2,
        *,
        pool: Literal["mean", "max"] = "mean",
    ) -> None:
        super().__init__()
        self.kernel_size, self.pool = kernel_size, pool
        self.weight = nn.Parameter(torch.ones(in_channels, dtype=torch.float32))
        self.bias = nn.Parameter(torch.zeros(in_channels, dtype=torch.float32))

    def forward(self, x: Tensor) -> Tensor:
        """The scaled and shifted pooled values."""
        pooled = functional.avg_pool2d if self.pool == "mean" else functional.max_pool2d
        return pooled(x, self.kernel_size) * self.weight[:, None, None] + self.bias[:, None, None]

    def extra_repr(self) -> str:
        """Sizes, for ``repr``."""
        return f"{len(self.weight)}, kernel_size={self.kernel_size}, pool={self.pool!r}"
