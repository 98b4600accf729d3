"""Spins: binary units in {-1, +1}."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from harmonium.errors import UsageError
from harmonium.random import Source, bernoulli
from harmonium.units.base import Neuron, Units, over_units
from harmonium.units.bernoulli import bits
from harmonium.units.domain import Domain, inside, span

__all__ = ["Spin"]


class Spin(Units):
    r"""Units in {-1, +1}: :math:`U(x) = -b \cdot x`.

    The log-partition function is :math:`A(f) = \sum_i \log 2 \cosh(b_i + f_i)`.
    """

    domain: Domain = (-1, 1)

    def theta(self) -> tuple[Tensor, ...]:
        """The bias b."""
        return (self.bias,)

    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """T(x) = (x)."""
        return (x,)

    def log_base(self, x: Tensor) -> Tensor:
        """Zero."""
        return x.new_zeros(x.shape[0])

    def log_partition(self, field: Tensor) -> Tensor:
        """The sum of log 2 cosh t = softplus(2 t) - t, t = b + f, which cannot overflow."""
        t = self.natural()[0] + field
        return over_units(softplus(2 * t, threshold=40) - t)

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """The hyperbolic tangent of b + f."""
        return (torch.tanh(self.natural()[0] + field),)

    def mode(self, field: Tensor) -> Tensor:
        """The sign of b + f, +1 at zero."""
        return torch.where(self.natural()[0] + field >= 0, 1.0, -1.0).to(field.dtype)

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """Independent draws with p(+1) = sigmoid(2 (b + f))."""
        return 2 * bernoulli(torch.sigmoid(2 * (self.natural()[0] + field)), source) - 1

    def count(self) -> int:
        """2^units."""
        return 2 ** self.shape.numel()

    def states(self) -> Tensor | None:
        """All sign patterns."""
        return 2 * bits(self.shape.numel(), self.bias).reshape(-1, *self.shape) - 1

    def tilt(self, mean: Tensor) -> Tensor:
        """The inverse hyperbolic tangent of the mean, with (1 + mean) / 2 in [1e-3, 1 - 1e-3]."""
        return torch.logit((1 + mean) / 2, eps=1e-3) / 2

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """The bias: clipped atanh of the means."""
        return {"bias": self.tilt(moments[0])}

    def neuron(self) -> Neuron:
        """Gain 1, the bias, and the hyperbolic tangent."""
        return torch.ones_like(self.bias), self.bias, nn.Tanh()

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether a value is outside [-1, 1]; with ``means`` False, whether it is not -1 or 1."""
        inside = x.abs() <= 1 if means else x.abs() == 1
        return ~inside.flatten(1).all(1)

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless all values lie in [-1, 1]."""
        if not x.numel():
            return
        if (float(x.min()), float(x.max())) == (0, 1) and bool(((x == 0) | (x == 1)).all()):
            raise UsageError(
                "all values are 0 or 1; Spin units are -1 or 1: map the data by 2 x - 1, or use "
                "Bernoulli units"
            )
        if not inside(x, self.domain):
            raise UsageError(
                f"values range from {span(x, self.domain)}; Spin units need [-1, 1]: "
                "map binary data by 2 x - 1, or use Gaussian units"
            )
