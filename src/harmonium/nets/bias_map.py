"""A bias of its own at every place."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from harmonium.bounds import Count

__all__ = ["BiasMap"]


class BiasMap(nn.Module):
    r"""Adds a learned number to every value of an example, ``(B, *shape) -> (B, *shape)``.

    .. math:: y = x + b, \qquad b \in \mathbb{R}^{\mathrm{shape}}

    A convolution has one bias for all places of a map, so it cannot know where it is. AlphaGo's
    policy net ends with a 1 x 1 convolution and such biases, because points of the board differ
    before the first stone (Silver et al., 2016, https://doi.org/10.1038/nature16961).

    Args:
        shape: of an example, without the batch axis.

    >>> BiasMap([1, 19, 19]).bias.numel()
    361
    """

    def __init__(self, shape: Sequence[Count]) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(*shape, dtype=torch.float32))

    def forward(self, x: Tensor) -> Tensor:
        """``(B, *shape) -> (B, *shape)``."""
        return x + self.bias

    def extra_repr(self) -> str:
        """The shape, for ``repr``."""
        return str(tuple(self.bias.shape))
