"""Histograms of several samples on one axis, as outlines that do not hide each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from harmonium.errors import UsageError
from harmonium.report.style import DASHES, PALETTE, WIDTH, above, array, chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["histogram"]


def histogram(
    samples: Mapping[str, ArrayLike],
    *,
    x_label: str,
    y_label: str = "share of rows",
    title: str = "",
    log_y: bool = False,
) -> Figure:
    """Draws fractions of each sample (N,) in common bins; a vertical line marks each mean.

    The 8 to 40 bins, by the size of the smallest sample, span all samples. On a linear axis, if
    the outermost 0.2 % would take more than half of that range, the bins span the rest, and the
    outermost bins count the values beyond.

    Raises:
        ValueError: there is no sample, a sample is empty, or values are not finite.
    """
    flat = {name: array(values).ravel() for name, values in samples.items()}
    _check(flat)
    together = np.concatenate(list(flat.values()))
    low, high = together.min(), together.max()
    inner = np.percentile(together, [0.1, 99.9])
    if not log_y and high - low > 2 * (inner[1] - inner[0]) > 0:
        low, high = inner
    if high <= low:
        low, high = low - 0.5, high + 0.5
    smallest = min(map(len, flat.values()))
    bins = int(np.clip(round(2 * smallest**0.4), 8, 40))
    edges = np.linspace(low, high, bins + 1)
    figure, axes = chart(WIDTH, 3.1, title=title)
    for index, (name, values) in enumerate(flat.items()):
        colour, dash = PALETTE[index % len(PALETTE)], DASHES[index % len(DASHES)]
        counts, _ = np.histogram(values.clip(low, high), edges)
        label = f"{name}, mean {values.mean():.4g}".replace("-", "\N{MINUS SIGN}")
        axes.stairs(
            counts / len(values), edges, color=colour, linestyle=dash, linewidth=1.5, label=label
        )
        axes.stairs(counts / len(values), edges, color=colour, fill=True, alpha=0.12)
        axes.axvline(values.mean(), color=colour, linestyle=dash, linewidth=0.9, alpha=0.8)
    axes.set(xlabel=x_label, ylabel=y_label, yscale="log" if log_y else "linear")
    if len(flat) > 1:
        axes.legend(**above())
    return figure


def _check(flat: Mapping[str, NDArray[np.float64]]) -> None:
    if not flat:
        message = "a histogram needs at least one sample"
        raise UsageError(message)
    for name, values in flat.items():
        if not values.size or not np.isfinite(values).all():
            bad = int((~np.isfinite(values)).sum())
            message = f"sample {name!r}: {values.size} values, {bad} not finite: did it diverge?"
            raise UsageError(message)
