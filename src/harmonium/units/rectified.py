"""Rectified units: non-negative real values with a truncated Gaussian distribution."""

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.random import Source
from harmonium.units.base import Neuron, Units, over_units
from harmonium.units.domain import Domain, inside, span
from harmonium.units.truncated import drawn, log_mass, moments

__all__ = ["Rectified", "RectifiedMean"]


class RectifiedMean(nn.Module):
    """The mean of a truncated Gaussian as an activation: ``scale * E[N(z, 1) | x >= 0]``."""

    scale: Tensor

    def __init__(self, scale: Tensor) -> None:
        super().__init__()
        self.register_buffer("scale", scale.detach().clone())

    def forward(self, z: Tensor) -> Tensor:
        """``(B, *shape) -> (B, *shape)``."""
        return self.scale * moments(z)[0]


class Rectified(Units):
    r"""Units in [0, inf): :math:`U(x) = \sum_i \lambda_i x_i^2 / 2 - b_i x_i`, x >= 0.

    Given its field, a unit has a Gaussian distribution with location :math:`(b + f)/\lambda` and
    variance :math:`1/\lambda`, truncated to non-negative values. The noisy rectified linear unit
    of Nair and Hinton (2010, https://icml.cc/Conferences/2010/papers/432.pdf) is no family but a
    rule, ``sampling.noisy_rectified``, because its draws belong to no energy. With
    :math:`z = (b + f)/\sqrt\lambda`,

    .. math:: A(f) = \sum z^2/2 + \log \Phi(z) + \frac12 \log (2\pi/\lambda)
    """

    growth: ClassVar[str] = "quadratic"
    log_precisions: ClassVar[Mapping[str, int]] = {"log_precision": 0}
    domain: Domain = (0, math.inf)

    def __init__(self, *shape: Count, tied: Sequence[int] = ()) -> None:
        super().__init__(*shape, tied=tied)
        self.log_precision = nn.Parameter(torch.zeros_like(self.bias))

    def theta(self) -> tuple[Tensor, ...]:
        """The bias b and the precision e^s."""
        return self.bias, self.log_precision.exp()

    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """T(x) = (x, -x^2 / 2)."""
        return x, -x.square() / 2

    def log_base(self, x: Tensor) -> Tensor:
        """0 on the domain, -inf if a value is negative."""
        zero = x.new_zeros(x.shape[0])
        return torch.where((x < 0).flatten(1).any(1), -torch.inf, zero)

    def _location(self, field: Tensor) -> tuple[Tensor, Tensor]:
        bias, precision = self.natural()
        return (bias + field) * precision.rsqrt(), precision

    def log_partition(self, field: Tensor) -> Tensor:
        """A(f), the sum of the log masses of the truncated Gaussians."""
        z, precision = self._location(field)
        return over_units(log_mass(z) - precision.log() / 2)

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """E[x] and -E[x^2] / 2 of the truncated Gaussian."""
        z, precision = self._location(field)
        first, second = moments(z)
        return first * precision.rsqrt(), -second / precision / 2

    def mode(self, field: Tensor) -> Tensor:
        """max(0, (b + f) / precision), the rectified linear unit."""
        bias, precision = self.natural()
        return ((bias + field) / precision).clamp(min=0)

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """Exact draws from the truncated Gaussian."""
        z, precision = self._location(field)
        return drawn(z, source) * precision.rsqrt()

    def count(self) -> int | None:
        """None: the states are continuous."""
        return None

    def states(self) -> Tensor | None:
        """None: the states are continuous."""
        return None

    def tilt(self, mean: Tensor) -> Tensor:
        """The inverse of the mean, by bisection; means are at least 1e-3 / sqrt(precision)."""
        root = self.natural()[1].sqrt()
        target = (mean * root).clamp(min=1e-3)
        low, high = torch.full_like(target, -1e3), target.clone()  # E[N(z, 1) | x >= 0] > z
        for _ in range(60):
            middle = (low + high) / 2
            below = moments(middle)[0] < target
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return (low + high) / 2 * root

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """Precision 1 / E[x^2], with E[x^2] >= 1e-4, and the bias that then gives the mean.

        A fit of both moments is not used, because it diverges for heavy tails.
        """
        second = (-2 * moments[1]).clamp(min=1e-4)
        part = type(self)(*self.shape).to(second)
        part.load(log_precision=-second.log())
        return {"bias": part.tilt(moments[0]).detach(), "log_precision": -second.log()}

    def neuron(self) -> Neuron:
        """Gain and bias that give z, and the activation E[N(z, 1) | x >= 0] / sqrt(precision)."""
        bias, precision = self.natural()
        return precision.rsqrt(), bias * precision.rsqrt(), RectifiedMean(precision.rsqrt())

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether a value is negative or not finite."""
        del means
        return ~((x >= 0) & x.isfinite()).flatten(1).all(1)

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless all values are finite and not negative."""
        finite = bool(torch.isfinite(x).all())
        if x.numel() and not (finite and inside(x, self.domain)):
            raise UsageError(
                f"values range from {span(x, self.domain)}; Rectified units need "
                "non-negative real numbers: shift the data, or use Gaussian units"
            )
