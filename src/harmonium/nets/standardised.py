"""Frames in the units of the training frames."""

import torch
from torch import Tensor, nn

from harmonium.bounds import ROUNDING

__all__ = ["Standardised"]


class Standardised(nn.Module):
    r"""Shifts and scales every channel: :math:`z = (x - m) / s`.

    m and s are not trained: they are the means and standard deviations of the training frames
    (``fit``). Before ``fit`` they are 0 and 1.

    Args:
        channels: values of a frame.

    >>> part = Standardised(1)
    >>> part.fit(torch.tensor([[10.0], [30.0]], dtype=torch.float32))
    >>> part(torch.tensor([[[40.0]]], dtype=torch.float32))
    tensor([[[2.]]])
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(channels, dtype=torch.float32))
        self.register_buffer("scale", torch.ones(channels, dtype=torch.float32))

    @torch.no_grad()
    def fit(self, frames: Tensor, weights: Tensor | None = None) -> None:
        """Sets m and s from frames ``(n, channels)``; a constant channel keeps s = 1.

        Args:
            frames: frames of the training rows.
            weights: their weights ``(n,)``; None for the same weight.
        """
        x = frames.double()
        w = torch.ones_like(x[:, 0]) if weights is None else weights.double()
        share = w / w.sum()
        mean = share @ x
        self.mean.copy_(mean)
        spread = (share @ (x - mean).square()).sqrt()
        moves = spread > ROUNDING * x.abs().amax(0)
        self.scale.copy_(torch.where(moves, spread, 1.0))

    def forward(self, x: Tensor) -> Tensor:
        """(x - m) / s, ``(..., channels)``."""
        return (x - self.mean) / self.scale
