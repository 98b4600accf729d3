"""Chart of predicted values against true values, with the line of equality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from harmonium.errors import UsageError
from harmonium.report.style import MUTED, PALETTE, array, chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["agreement"]


def agreement(true: ArrayLike, predicted: ArrayLike, *, title: str = "") -> Figure:
    """Draws a point for each row: true values ``(N,)`` across, predicted values ``(N,)`` upwards.

    Both axes have the same range and scale, so that the line of equality is the diagonal.

    Raises:
        ValueError: the numbers of values differ, are zero, or values are not finite.
    """
    x, y = array(true).ravel(), array(predicted).ravel()
    if x.shape != y.shape or not x.size:
        raise UsageError(f"{x.size} true and {y.size} predicted values: give one each for a row")
    both = np.concatenate([x, y])
    if not np.isfinite(both).all():
        bad = int((~np.isfinite(both)).sum())
        raise UsageError(f"{bad} of {both.size} values are not finite: did it diverge?")
    low, high = float(both.min()), float(both.max())
    rim = 0.04 * (high - low) or 0.5
    ends = low - rim, high + rim
    figure, axes = chart(4.4, 4.4, title=title)
    axes.plot(ends, ends, color=MUTED, linewidth=1.0, zorder=1)
    axes.scatter(x, y, s=14, color=PALETTE[0], alpha=0.6, linewidths=0, zorder=2)
    axes.set(xlabel="true", ylabel="predicted", xlim=ends, ylim=ends, aspect="equal")
    return figure
