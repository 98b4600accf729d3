"""The radial basis function net: hidden units that respond near their centres."""

from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Positive
from harmonium.errors import UsageError
from harmonium.nets.readout import Readout
from harmonium.random import Source, permutation

__all__ = ["RadialBasisNet"]


@checked
class RadialBasisNet(Readout):
    r"""Gaussian bumps around some training rows, and a linear layer that is solved.

    .. math:: \phi_j(x) = e^{-\lVert x - c_j \rVert^2 / 2 s^2}

    ``prepare`` takes the centres from training rows, drawn at random without repetition, and, if
    no width is given, sets s to the root of the mean squared distance between centres, divided by
    the square root of 2. With a centre at every row of different rows the outputs can take any
    values on them, because the matrix of bumps is positive definite (Micchelli, 1986). (Broomhead
    and Lowe, 1988.)

    Args:
        units: number of values of a row, of centres, and of outputs.
        outputs: "classes" or "values".
        width: s; null to take it from the centres.

    >>> net = RadialBasisNet([1, 2, 1], width=1.0)
    >>> net.prepare(torch.tensor([[0.0], [3.0]], dtype=torch.float32))
    >>> net.features(net.centres).diagonal().tolist()
    [1.0, 1.0]
    """

    centres: Tensor
    width: Tensor

    def __init__(
        self,
        units: Sequence[Count],
        *,
        outputs: Literal["classes", "values"] = "classes",
        width: Positive | None = None,
    ) -> None:
        super().__init__(units, outputs=outputs)
        self.settings |= {"width": None if width is None else float(width)}
        inputs, hidden, _ = self.units
        self.register_buffer("centres", torch.zeros((hidden, inputs), dtype=torch.float32))
        self.register_buffer("width", torch.tensor(width or 1.0, dtype=torch.float32))

    @torch.no_grad()
    def prepare(self, x: Tensor, source: Source = None) -> None:
        """Takes centres, and perhaps the width, from training rows ``(N, inputs)``.

        Raises:
            ValueError: there are fewer rows than centres.
        """
        count = len(self.centres)
        if len(x) < count:
            raise UsageError(
                f"{count} centres are drawn from {len(x)} rows: give the net at most {len(x)}"
            )
        chosen = permutation(len(x), source)[:count].to(x.device)
        self.centres.copy_(x[chosen])
        if self.settings["width"] is None:
            # The mean square of all distances is twice the sum of the variances.
            spread = self.centres.double().var(0, correction=0).sum().sqrt()
            self.width.copy_(spread if spread > 0 else torch.ones_like(spread))

    def features(self, x: Tensor) -> Tensor:
        """The bumps at rows, ``(B, inputs) -> (B, centres)``, in (0, 1]."""
        return torch.exp(-(torch.cdist(x, self.centres) / self.width).square() / 2)
