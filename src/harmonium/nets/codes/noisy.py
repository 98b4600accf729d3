"""The noisy code of semantic hashing: numbers near 0 or 1, which become bits."""

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import NonNegative
from harmonium.nets.codes.code import Code

__all__ = ["Noisy"]


@checked
class Noisy(Code):
    r"""Logistic units whose inputs get noise in training (Salakhutdinov and Hinton, 2009).

    .. math:: c = \sigma(z + s \epsilon), \quad \epsilon \sim N(0, 1); \qquad
              \text{point: } \sigma(z)

    A unit passes information through the noise only where |z| is much larger than s, so that its
    value comes near 0 or 1, and a bit, 1 for a value above 1/2, says nearly as much as the value
    (https://doi.org/10.1016/j.ijar.2008.11.006). There every row keeps its noise; here each batch
    draws anew.

    Args:
        std: standard deviation s of the noise.
        binary: give the decoder bits instead of values, also in evaluation mode; gradients pass
            as if it had the values (straight-through).

    >>> code = Noisy(2.0).eval()
    >>> code(torch.tensor([[-8.0, 0.0, 8.0]]))
    tensor([[0.0003, 0.5000, 0.9997]])
    """

    def __init__(self, std: NonNegative = 2.0, *, binary: bool = False) -> None:
        super().__init__(std=float(std), binary=binary)
        self.std, self.binary = float(std), binary

    def point(self, z: Tensor) -> Tensor:
        """The values without noise, ``(B, k) -> (B, k)``; bits where the code is binary."""
        return self._read(z.sigmoid())

    def forward(self, z: Tensor) -> Tensor:
        """Values with noise in training mode, otherwise the point, ``(B, k) -> (B, k)``."""
        if not self.training or not self.std:
            return self.point(z)
        noise = torch.empty_like(z).normal_(generator=self.source)
        return self._read(torch.add(z, noise, alpha=self.std).sigmoid())

    def _read(self, values: Tensor) -> Tensor:
        if not self.binary:
            return values
        return values + ((values > 0.5).to(values) - values).detach()
