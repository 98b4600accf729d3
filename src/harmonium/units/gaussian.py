"""Gaussian units: real values with a learned or a fixed precision."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from harmonium.bounds import Count, Positive
from harmonium.errors import UsageError
from harmonium.random import Source, normal
from harmonium.units.base import Neuron, Units, over_units

__all__ = ["Gaussian"]


class Gaussian(Units):
    r"""Real units: :math:`U(x) = \sum_i \lambda_i x_i^2 / 2 - b_i x_i` with :math:`\lambda = e^s`.

    The field adds to the bias, so the mean is :math:`(b + f) / \lambda` and the variance
    :math:`1 / \lambda`. Hinton's form with :math:`v / \sigma` is the same model with rescaled
    weights (docs/formalism.md).

    Args:
        *shape: the shape of the group.
        tied: axes along which bias and precision are shared.
        precision: a fixed precision of all units; None: each learns its own. With a fixed one the
            machine cannot explain the data by noise of less variance, and hidden units that are
            rarely on become features (Lee, Ekanadham and Ng, 2007,
            https://papers.nips.cc/paper/3313).
    """

    growth: ClassVar[str] = "quadratic"
    log_precisions: ClassVar[Mapping[str, int]] = {"log_precision": 0}

    def __init__(
        self, *shape: Count, tied: Sequence[int] = (), precision: Positive | None = None
    ) -> None:
        super().__init__(*shape, tied=tied)
        self.held = None if precision is None else float(precision)
        start = torch.full_like(self.bias, math.log(self.held or 1))
        self.log_precision = nn.Parameter(start, requires_grad=precision is None)

    @property
    def settings(self) -> dict[str, Any]:
        """The precision, if it is fixed."""
        return {} if self.held is None else {"precision": self.held}

    def theta(self) -> tuple[Tensor, ...]:
        """The bias b and the precision e^s."""
        return self.bias, self.log_precision.exp()

    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """T(x) = (x, -x^2 / 2)."""
        return x, -x.square() / 2

    def log_base(self, x: Tensor) -> Tensor:
        """Zero."""
        return x.new_zeros(x.shape[0])

    def log_partition(self, field: Tensor) -> Tensor:
        r""":math:`\sum_i (b_i + f_i)^2 / (2 \lambda_i) + \frac12 \log (2\pi / \lambda_i)`."""
        bias, precision = self.natural()
        t = bias + field
        return over_units((t.square() / precision - precision.log() + math.log(2 * math.pi)) / 2)

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """The mean m = (b + f) / precision, and -(m^2 + 1 / precision) / 2."""
        bias, precision = self.natural()
        mean = (bias + field) / precision
        return mean, -(mean.square() + 1 / precision) / 2

    def mode(self, field: Tensor) -> Tensor:
        """The mean (b + f) / precision."""
        bias, precision = self.natural()
        return (bias + field) / precision

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """The mean plus Gaussian noise of variance 1 / precision."""
        bias, precision = self.natural()
        return (bias + field) / precision + normal(field, source) * precision.rsqrt()

    def count(self) -> int | None:
        """None: the states are continuous."""
        return None

    def states(self) -> Tensor | None:
        """None: the states are continuous."""
        return None

    def tilt(self, mean: Tensor) -> Tensor:
        """Mean times precision."""
        return mean * self.natural()[1]

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """Precision and bias of independent Gaussians with these moments; variances >= 1e-4.

        A fixed precision stays, and only the mean is met.
        """
        mean = moments[0]
        if self.held is not None:
            return {"bias": self.tilt(mean).detach()}
        variance = (-2 * moments[1] - mean.square()).clamp(min=1e-4)
        return {"bias": mean / variance, "log_precision": -variance.log()}

    def neuron(self) -> Neuron:
        """Gain 1 / precision, bias b / precision, and the identity."""
        bias, precision = self.natural()
        return 1 / precision, bias / precision, nn.Identity()

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether a value is not finite."""
        del means
        return ~x.isfinite().flatten(1).all(1)

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless all values are finite."""
        if not bool(torch.isfinite(x).all()):
            raise UsageError("values are not all finite; Gaussian units need real numbers")
