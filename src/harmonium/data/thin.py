"""Rows of which only some values remain: a few of the words of a text."""

from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.data.noise import BatchTransform

__all__ = ["Thin"]


@dataclass(frozen=True)
class Thin(BatchTransform):
    r"""Keep a random share of the values of each row, and set the others to 0.

    .. math:: u \sim U(0, 1), \qquad x_i' = x_i b_i, \qquad b_i \sim \text{Bernoulli}(u)

    The share u differs from row to row, so that a net meets all words of a text, and only one. A
    row of which nothing would remain stays whole.

    >>> from harmonium.random import generator
    >>> x = torch.ones(3, 8, dtype=torch.float32)
    >>> Thin()(x, generator(1)).sum(1).tolist()
    [7.0, 8.0, 4.0]
    """

    def __call__(self, x: Tensor, source: torch.Generator | None = None) -> Tensor:
        """Returns rows ``(B, D)`` with some of their values."""
        share = torch.rand((len(x), 1), generator=source, device=x.device, dtype=x.dtype)
        kept = x * (torch.rand(x.shape, generator=source, device=x.device, dtype=x.dtype) < share)
        return torch.where((kept != 0).any(1, keepdim=True), kept, x)
