"""Poisson units: counts without an upper limit."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.random import Source, poisson
from harmonium.units.base import Neuron, Units, over_units
from harmonium.units.domain import Domain, span

__all__ = ["Exponential", "Poisson"]


class Exponential(nn.Module):
    """The exponential function as an activation."""

    def forward(self, z: Tensor) -> Tensor:
        """``(B, *shape) -> (B, *shape)``."""
        return z.exp()


class Poisson(Units):
    r"""Counts 0, 1, 2, ...: :math:`U(x) = \sum_i \log x_i! - b_i x_i`, :math:`A = \sum e^{b + f}`.

    Given its field, a unit has a Poisson distribution with rate :math:`e^{b + f}` (Gehler, Holub
    and Welling, 2006, https://doi.org/10.1145/1143844.1143887). Its neighbours must have bounded
    states: :math:`\log x!` grows more slowly than the product of two unbounded values.

    >>> Poisson(2).mean(torch.tensor([[0.0, 1.0]])).detach()
    tensor([[1.0000, 2.7183]])
    """

    growth: ClassVar[str] = "factorial"
    domain: Domain = (0, torch.inf)

    def theta(self) -> tuple[Tensor, ...]:
        """The bias b."""
        return (self.bias,)

    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """T(x) = (x)."""
        return (x,)

    def log_base(self, x: Tensor) -> Tensor:
        """-log x!, summed over the units."""
        return -over_units(torch.lgamma(x + 1))

    def log_partition(self, field: Tensor) -> Tensor:
        """The sum of the rates e^(b + f)."""
        return over_units((self.natural()[0] + field).exp())

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """The rate e^(b + f)."""
        return ((self.natural()[0] + field).exp(),)

    def mode(self, field: Tensor) -> Tensor:
        """The rate, rounded down."""
        return self.mean(field).floor()

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """Independent draws with rate e^(b + f)."""
        return poisson(self.mean(field).detach(), source)

    def count(self) -> int | None:
        """None: there is no largest count."""
        return None

    def states(self) -> Tensor | None:
        """None: there is no largest count."""
        return None

    def tilt(self, mean: Tensor) -> Tensor:
        """The log of the mean, which is at least 1e-3."""
        return mean.clamp(min=1e-3).log()

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """The bias: logs of the means."""
        return {"bias": self.tilt(moments[0])}

    def neuron(self) -> Neuron:
        """Gain 1, the bias, and the exponential function."""
        return torch.ones_like(self.bias), self.bias, Exponential()

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether a value is negative, not finite, or not whole."""
        del means  # as for other counts, x! is defined for whole numbers
        return ~((x >= 0) & x.isfinite() & (x == x.round())).flatten(1).all(1)

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless all values are whole numbers of at least 0."""
        if x.numel() and bool(self.outside(x).any()):
            raise UsageError(
                f"values range from {span(x, self.domain)}, not all whole and finite; Poisson "
                "units need counts: give raw counts, not frequencies"
            )
