"""The standard normal distribution with location z, truncated to x >= 0, accurate for every z."""

import math

import torch
from torch import Tensor
from torch.special import erfcx, log_ndtr, ndtri

from harmonium.random import Source, exponential, uniform

__all__ = ["drawn", "log_mass", "moments"]

_FAR = -4.0
"""Below this standardised location, moments come from a continued fraction of the tail."""

_ROOT = math.sqrt(2)


def _tail(u: Tensor) -> tuple[Tensor, Tensor]:
    r"""Mean and second moment of a standard normal's excess over u, given that it exceeds u > 0.

    Laplace's continued fraction of the hazard, :math:`u + 1/(u + 2/(u + 3/(u + \dots)))`: with
    :math:`c = 2/(u + 3/(u + \dots))` the mean is :math:`1/(u + c)` and the second moment
    :math:`c/(u + c)`, without cancellation. For u >= 4, forty terms have an error of 1e-15.
    """
    c = torch.zeros_like(u)
    for k in range(40, 1, -1):
        c = k / (u + c)
    return 1 / (u + c), c / (u + c)


def moments(z: Tensor) -> tuple[Tensor, Tensor]:
    """E[x] and E[x^2] of N(z, 1) truncated to x >= 0, accurate for every z."""
    near = z.clamp(min=_FAR)
    # phi(z) / Phi(z) without underflow of either factor
    hazard = torch.where(
        near < 0,
        math.sqrt(2 / math.pi) / erfcx(-near.clamp(max=0) / _ROOT),
        torch.exp(-near.square() / 2 - log_ndtr(near.clamp(min=0))) / math.sqrt(2 * math.pi),
    )
    first = near + hazard
    far_first, far_second = _tail(-z.clamp(max=_FAR))
    is_far = z < _FAR
    return (
        torch.where(is_far, far_first, first),
        torch.where(is_far, far_second, 1 + near * first),
    )


def log_mass(z: Tensor) -> Tensor:
    r""":math:`\log \int_0^\infty e^{z x - x^2 / 2} dx`, of the same shape.

    By log_ndtr for z > 0 and by the scaled erfc below, where terms would cancel.
    """
    right = z.clamp(min=0)
    left = z.clamp(max=0)
    return torch.where(
        z > 0,
        right.square() / 2 + log_ndtr(right) + math.log(2 * math.pi) / 2,
        torch.log(erfcx(-left / _ROOT)) + math.log(math.pi / 2) / 2,
    )


def drawn(z: Tensor, source: Source = None) -> Tensor:
    """Exact draws by inversion; far in the tail, by Newton steps on the log survival function.

    The first guess is the exact inverse of exp(-(u x + x^2/2)). Each of two steps then squares
    the relative error; the resulting error of the uniform number is below 1e-6 at u = 4 and
    falls with u.
    """
    near = z.clamp(min=_FAR)
    level = (1 - uniform(z, source)) * torch.special.ndtr(near)
    # stay below 1: ndtri(1) is infinite
    x_near = near - ndtri(level.clamp(max=1 - torch.finfo(z.dtype).eps / 2))
    u = -z.clamp(max=_FAR)
    e = exponential(z, source)
    x_far = 2 * e / ((u.square() + 2 * e).sqrt() + u)
    hazard_here = u + _tail(u)[0]
    for _ in range(2):
        hazard = u + x_far + _tail(u + x_far)[0]
        survived = u * x_far + x_far.square() / 2 + torch.log(hazard / hazard_here)
        x_far = (x_far - (survived - e) / hazard).clamp(min=0)
    return torch.where(z < _FAR, x_far, x_near.clamp(min=0))
