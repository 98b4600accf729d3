"""The Gaussian code of a variational autoencoder."""

import math

import torch
from torch import Tensor

from harmonium.learning.bounds_of_codes import divergence, log_normal
from harmonium.nets.codes.code import Drawn
from harmonium.random import Source

__all__ = ["Gaussian"]

_LIMIT = 14.0
"""Largest size of a log variance: without a limit, exp overflows early in learning."""


class Gaussian(Drawn):
    r"""Normal codes with a standard normal prior (Kingma and Welling, 2014).

    .. math:: q(c | x) = N(m, e^l), \qquad p(c) = N(0, 1), \qquad
              c = m + e^{l/2} \epsilon, \quad \epsilon \sim N(0, 1)

    The encoder gives the means m of k numbers, then their log variances l, so that its last layer
    has 2 k outputs. The point is m. Log variances are limited to [-14, 14].

    >>> Gaussian().width(20)
    40
    """

    def __init__(self) -> None:
        super().__init__()

    def width(self, units: int) -> int:
        """Outputs of the encoder: a mean and a log variance of each number."""
        return 2 * units

    def point(self, z: Tensor) -> Tensor:
        """The means, ``(B, 2 k) -> (B, k)``."""
        return z.chunk(2, 1)[0]

    def parts(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Means and limited log variances, ``(B, k)`` each."""
        mean, log_variance = z.chunk(2, 1)
        return mean, log_variance.clamp(-_LIMIT, _LIMIT)

    def cost(self, z: Tensor) -> Tensor:
        r"""The divergence from the prior in closed form, ``(B,)``, in nats.

        .. math:: \tfrac12 \sum_j \big( m_j^2 + e^{l_j} - 1 - l_j \big)
        """
        return divergence(*self.parts(z))

    def draw(self, z: Tensor, source: Source = None) -> Tensor:
        """A sample of q(c | x), ``(B, 2 k) -> (B, k)``."""
        mean, log_variance = self.parts(z)
        noise = torch.empty_like(mean).normal_(generator=source)
        return torch.addcmul(mean, (0.5 * log_variance).exp(), noise)

    def prior(self, n: int, like: Tensor, *, source: Source = None) -> Tensor:
        """Standard normal codes, ``(n, k)``."""
        return like.new_empty(n, like.shape[-1]).normal_(generator=source)

    def log_ratio(self, z: Tensor, c: Tensor) -> Tensor:
        """log p(c) - log q(c | x), ``(B,)``, in nats."""
        mean, log_variance = self.parts(z)
        prior = -(0.5 * math.log(2 * math.pi) + 0.5 * c.square()).sum(1)
        return prior - log_normal(c, mean, log_std=0.5 * log_variance)
