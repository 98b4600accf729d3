"""Layers that read several others: their sum, their product, or one behind the other."""

from functools import reduce
from operator import add, mul

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError

__all__ = ["Add", "Concat", "Multiply"]


class Add(nn.Module):
    r"""The sum of several layers of the same shape, :math:`y = \sum_i x_i`, ``(B, *)``.

    >>> Add()(torch.ones(1, 2), torch.ones(1, 2))
    tensor([[2., 2.]])
    """

    def forward(self, *inputs: Tensor) -> Tensor:
        """The sum."""
        return reduce(add, _alike(inputs))


class Multiply(nn.Module):
    r"""The product of several layers of the same shape, elementwise, ``(B, *)``.

    A factor may have axes of size 1 where the others have more, such as one gate for each map.
    """

    def forward(self, *inputs: Tensor) -> Tensor:
        """The product."""
        return reduce(mul, inputs)


class Concat(nn.Module):
    """Several layers one behind the other, ``(B, c1, *), (B, c2, *) -> (B, c1 + c2, *)``.

    Args:
        dim: the axis along which they are joined; 0 is the batch, 1 that of the maps.
    """

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """The joined layers."""
        return torch.cat(inputs, self.dim)


def _alike(inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The inputs; raises UsageError where their shapes differ."""
    shapes = [tuple(x.shape[1:]) for x in inputs]
    if len(set(shapes)) > 1:
        raise UsageError(
            f"its inputs have the shapes {', '.join(map(str, shapes))}: give equal ones"
        )
    return inputs
