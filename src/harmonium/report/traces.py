"""Traces of chains: one thin line each, coloured by where the chain came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from harmonium.report.style import INK, PALETTE, RULE, WIDTH, array, chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["traces"]


def traces(
    groups: Mapping[str, ArrayLike], *, y_label: str, title: str = "", x_label: str = "sweep"
) -> Figure:
    """One number per chain and step, (chains, steps), for each named group of chains.

    Raises:
        ValueError: no group, one without chains or steps, or values not finite.
    """
    arrays = {name: array(values) for name, values in groups.items()}
    if not arrays:
        message = "traces need at least one group of chains"
        raise ValueError(message)
    for name, values in arrays.items():
        if values.ndim != 2 or not values.size or not np.isfinite(values).all():
            message = f"chains {name!r} of shape {values.shape}: give finite (chains, steps)"
            raise ValueError(message)
    figure, axes = chart(WIDTH, 3.1, title=title)
    axes.grid(visible=True, axis="y", color=RULE, linewidth=0.6)
    for index, (name, values) in enumerate(arrays.items()):
        steps = np.arange(1, values.shape[1] + 1)
        style = {"color": PALETTE[index], "linewidth": 0.7, "alpha": 0.75}
        for number, line in enumerate(values):
            axes.plot(steps, line, label=name if number == 0 else None, **style)
    axes.set(xlabel=x_label, ylabel=y_label)
    legend = axes.legend(fontsize=7.5, frameon=False, labelcolor=INK, loc="best")
    for handle in legend.get_lines():
        handle.set(linewidth=1.8, alpha=1.0)
    return figure
