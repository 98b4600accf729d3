"""How sharply filters are tuned to a frequency and a direction, as edges and gratings are."""

import torch
from torch import Tensor

from harmonium.errors import UsageError

__all__ = ["selectivity", "tuning"]

_SIDE = 32
"""Frequencies along each axis, at least."""


@torch.no_grad()
def tuning(filters: Tensor, *, strongest: float = 0.1) -> Tensor:
    """Share of the power of each filter in its strongest frequencies, ``(k, a, b) -> (k,)``.

    The filters are padded with zeros to 32 x 32, if they are smaller. An edge or a grating has
    most of its power in a tenth of the frequencies; a filter of noise about a third.

    Args:
        filters: ``(k, a, b)``.
        strongest: share of the frequencies that count, between 0 and 1.

    Returns:
        Shares in [0, 1]; 0 for a filter of zeros.

    Raises:
        ValueError: the filters have another number of axes.

    >>> grating = torch.cos(torch.arange(8, dtype=torch.float64) * 2)[:, None].expand(8, 8)
    >>> round(float(tuning(grating[None])), 2)
    0.87
    """
    power = _power(filters).flatten(1)
    count = max(1, round(strongest * power.shape[1]))
    best = power.topk(count, dim=1).values.sum(1)
    return best / power.sum(1).clamp(min=1e-300)


@torch.no_grad()
def selectivity(filters: Tensor) -> Tensor:
    r"""How much of the power of each filter has one direction, ``(k, a, b) -> (k,)``.

    .. math:: s = \frac{| \sum_f P(f) \, e^{2 i \phi(f)} |}{\sum_f P(f)}

    with the power P at the frequency f, whose direction is :math:`\phi`. That is 1 for a grating,
    .5 to .9 for an edge, and 0 for a round spot and for two crossed gratings. Of filters of noise
    the median is about .1. (The resultant of doubled angles: Mardia and Jupp, 2000, Directional
    Statistics, https://doi.org/10.1002/9780470316979.)

    Args:
        filters: ``(k, a, b)``. The constant part has no direction and counts as round.

    Returns:
        Numbers in [0, 1]; 0 for a filter of zeros.

    Raises:
        ValueError: the filters have another number of axes.

    >>> bars = torch.tensor([1.0, 1.0, -1.0, -1.0], dtype=torch.float64).repeat(2).expand(8, 8)
    >>> round(float(selectivity(bars[None])), 2), round(float(selectivity(bars[None] * bars.T)), 2)
    (0.8, 0.0)
    """
    power = _power(filters)
    down, across = (
        torch.fft.fftfreq(side, dtype=power.dtype, device=power.device) for side in power.shape[1:]
    )
    doubled = 2 * torch.atan2(down[:, None], across)
    doubled = torch.polar(torch.hypot(down[:, None], across).sign(), doubled)
    return (power * doubled).sum((1, 2)).abs() / power.sum((1, 2)).clamp(min=1e-300)


def _power(filters: Tensor) -> Tensor:
    """Power at every frequency, ``(k, a', b')``, of filters with zeros around them."""
    if filters.ndim != 3:
        raise UsageError(f"filters of shape {tuple(filters.shape)}: give (k, height, width)")
    sides = [max(_SIDE, side) for side in filters.shape[1:]]
    return torch.fft.fft2(filters.double(), s=sides).abs().square()
