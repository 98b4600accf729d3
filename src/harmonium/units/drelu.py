"""Double rectified units: real values with a potential of its own for each sign."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor, nn

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.random import Source, uniform
from harmonium.units.base import Neuron, Units, over_units
from harmonium.units.truncated import drawn, log_mass, moments

__all__ = ["DReLU", "DReLUMean"]


def _sides(t: Tensor, rest: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """For x > 0 and for x < 0 the standardised location; then the log mass of each side."""
    kink, right, left = rest
    z, y = (kink + t) * right.rsqrt(), (kink - t) * left.rsqrt()
    return z, y, log_mass(z) - right.log() / 2, log_mass(y) - left.log() / 2


def _mean(t: Tensor, rest: Sequence[Tensor]) -> Tensor:
    """E[x] given t = b + f, of the same shape."""
    _, right, left = rest
    z, y, log_right, log_left = _sides(t, rest)
    share = torch.sigmoid(log_right - log_left)
    return share * moments(z)[0] * right.rsqrt() - (1 - share) * moments(y)[0] * left.rsqrt()


class DReLUMean(nn.Module):
    """The mean of double rectified units as an activation."""

    kink: Tensor
    right: Tensor
    left: Tensor

    def __init__(self, kink: Tensor, *, right: Tensor, left: Tensor) -> None:
        super().__init__()
        for name, value in {"kink": kink, "right": right, "left": left}.items():
            self.register_buffer(name, value.detach().clone())

    def forward(self, z: Tensor) -> Tensor:
        """``(B, *shape) -> (B, *shape)``."""
        return _mean(z, (self.kink, self.right, self.left))


class DReLU(Units):
    r"""Real units with a curvature and a linear term on each side of zero.

    .. math:: U(x) = \sum_i \lambda^+_i x_{i+}^2 / 2 + \lambda^-_i x_{i-}^2 / 2
              - a_i |x_i| - b_i x_i

    with :math:`x_+ = \max(x, 0), x_- = \max(-x, 0)`. In the form of Tubiana, Cocco and Monasson
    (2019, https://doi.org/10.7554/eLife.39397), :math:`\gamma^\pm = \lambda^\pm,
    \theta^+ = -a - b, \theta^- = a - b`. With a = 0 and equal curvatures the units are Gaussian; a
    large curvature on the left makes them rectified; a > 0 gives two modes, a < 0 values near 0.

    The field adds to b. Each side is a truncated Gaussian. With :math:`R(p, \lambda) = \log
    \int_0^\infty e^{p x - \lambda x^2/2} dx` and t = b + f,

    .. math:: A(f) = \sum_i \log \big( e^{R(a_i + t_i, \lambda^+_i)}
              + e^{R(a_i - t_i, \lambda^-_i)} \big)

    Statistics are T(x) = (x, |x|, -x_+^2 / 2, -x_-^2 / 2).
    """

    growth: ClassVar[str] = "two-sided"
    log_precisions: ClassVar[Mapping[str, int]] = {"log_right": 1, "log_left": -1}

    def __init__(self, *shape: Count, tied: Sequence[int] = ()) -> None:
        super().__init__(*shape, tied=tied)
        self.kink = nn.Parameter(torch.zeros_like(self.bias))
        self.log_right = nn.Parameter(torch.zeros_like(self.bias))
        self.log_left = nn.Parameter(torch.zeros_like(self.bias))

    def theta(self) -> tuple[Tensor, ...]:
        """The bias b, the kink a, and the curvatures on the right and on the left."""
        return self.bias, self.kink, self.log_right.exp(), self.log_left.exp()

    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """T(x) = (x, |x|, -x_+^2 / 2, -x_-^2 / 2)."""
        return x, x.abs(), -x.clamp(min=0).square() / 2, -x.clamp(max=0).square() / 2

    def log_base(self, x: Tensor) -> Tensor:
        """Zero."""
        return x.new_zeros(x.shape[0])

    def curvature(self) -> Tensor | None:
        """The smaller one of the two curvatures of each unit."""
        return torch.minimum(*self.natural()[2:])

    def log_partition(self, field: Tensor) -> Tensor:
        """A(f), the log of the sum of the masses of both sides."""
        bias, *rest = self.natural()
        return over_units(torch.logaddexp(*_sides(bias + field, rest)[2:]))

    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """E[x], E|x|, -E[x_+^2] / 2 and -E[x_-^2] / 2."""
        bias, *rest = self.natural()
        z, y, log_right, log_left = _sides(bias + field, rest)
        share = torch.sigmoid(log_right - log_left)
        (up, up2), (down, down2) = moments(z), moments(y)
        up, down = share * up * rest[1].rsqrt(), (1 - share) * down * rest[2].rsqrt()
        squares = -share * up2 / rest[1] / 2, -(1 - share) * down2 / rest[2] / 2
        return up - down, up + down, *squares

    def mode(self, field: Tensor) -> Tensor:
        """The higher one of the two sides' maxima."""
        bias, kink, right, left = self.natural()
        p, q = (kink + bias + field).clamp(min=0), (kink - bias - field).clamp(min=0)
        return torch.where(p.square() / right >= q.square() / left, p / right, -q / left)

    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """Draws the side by its mass, then exactly from its truncated Gaussian."""
        bias, *rest = self.natural()
        z, y, log_right, log_left = _sides((bias + field).detach(), rest)
        on_right = uniform(z, source) < torch.sigmoid(log_right - log_left)
        x = drawn(torch.where(on_right, z, y), source)
        return torch.where(on_right, x * rest[1].rsqrt(), -x * rest[2].rsqrt())

    def count(self) -> int | None:
        """None: the states are continuous."""
        return None

    def states(self) -> Tensor | None:
        """None: the states are continuous."""
        return None

    def tilt(self, mean: Tensor) -> Tensor:
        """The inverse of the mean, by bisection."""
        _, *rest = self.natural()
        kink, right, left = rest
        steep = torch.maximum(right, left)
        high = steep * mean.abs() + kink.abs() + 40 * steep.sqrt()
        low = -high
        for _ in range(80):
            middle = (low + high) / 2
            below = _mean(middle, rest) < mean
            low, high = torch.where(below, middle, low), torch.where(below, high, middle)
        return (low + high) / 2

    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """Gaussians with the mean and the variance (at least 1e-4) of the data, without a kink."""
        mean = moments[0]
        variance = (-2 * (moments[2] + moments[3]) - mean.square()).clamp(min=1e-4)
        log = -variance.log()
        return {
            "bias": mean / variance,
            "kink": torch.zeros_like(mean),
            "log_right": log,
            "log_left": log,
        }

    def neuron(self) -> Neuron:
        """Gain 1, the bias, and the mean as a function of b + f."""
        bias, kink, right, left = self.natural()
        return torch.ones_like(bias), bias, DReLUMean(kink, right=right, left=left)

    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether a value is not finite."""
        del means
        return ~x.isfinite().flatten(1).all(1)

    def check(self, x: Tensor) -> None:
        """Raises ValueError unless all values are finite."""
        if not bool(torch.isfinite(x).all()):
            raise UsageError("values are not all finite; DReLU units need real numbers")
