"""How sharply filters are tuned to one frequency, as edges and gratings are."""

import torch
from torch import Tensor

from harmonium.errors import UsageError

__all__ = ["tuning"]

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
    if filters.ndim != 3:
        raise UsageError(f"filters of shape {tuple(filters.shape)}: give (k, height, width)")
    sides = [max(_SIDE, side) for side in filters.shape[1:]]
    power = torch.fft.fft2(filters.double(), s=sides).abs().square().flatten(1)
    count = max(1, round(strongest * power.shape[1]))
    best = power.topk(count, dim=1).values.sum(1)
    return best / power.sum(1).clamp(min=1e-300)
