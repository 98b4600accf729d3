"""Figures by layer of a net, such as the norm of the gradient of every layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.errors import UsageError
from harmonium.extras import need
from harmonium.report.style import DASHES, INK, MARKERS, PALETTE, RULE, WIDTH, above, array, chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["by_layer"]


def by_layer(
    series: Mapping[str, ArrayLike],
    layers: Sequence[str],
    *,
    y_label: str,
    title: str = "",
    log_y: bool = True,
) -> Figure:
    """Draws one value for each layer, the first layer on the left.

    One series is drawn as bars with their values, several as lines with markers. A logarithmic
    axis has no mark where a value is not positive.

    Raises:
        ValueError: there is no series, or a series has not one value for each layer.
    """
    rows = {name: array(values) for name, values in series.items()}
    for name, values in rows.items():
        if values.shape != (len(layers),):
            message = f"series {name!r}: {len(values)} values for {len(layers)} layers"
            raise UsageError(message)
    if not rows or not layers:
        message = "figures by layer need at least one series and one layer"
        raise UsageError(message)
    height = 3.0 if len(rows) == 1 else 3.1 + 0.17 * ((len(rows) + 1) // 2)
    figure, axes = chart(WIDTH, height, title=title)
    positive = any((values > 0).any() for values in rows.values())
    axes.set(ylabel=y_label, yscale="log" if log_y and positive else "linear")
    axes.grid(visible=True, axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    places = range(len(layers))
    axes.set_xticks(places, list(layers), parse_math=False)
    if len(rows) == 1:
        (values,) = rows.values()
        _bars(axes, values, decades=log_y and positive)
        return figure
    for index, (name, values) in enumerate(rows.items()):
        axes.plot(
            places,
            [value if value > 0 or not log_y else float("nan") for value in values],
            color=PALETTE[index % len(PALETTE)],
            linestyle=DASHES[index // len(PALETTE) % len(DASHES)],
            marker=MARKERS[index % len(MARKERS)],
            markersize=4,
            linewidth=1.3,
            label=name,
        )
    low, high = axes.get_ylim()
    if log_y and positive and high > 10 * low:  # on two decades, only the ends have labels
        axes.yaxis.set_minor_formatter(need("matplotlib.ticker").NullFormatter())
    axes.legend(**above())
    return figure


def _bars(axes: Axes, values: NDArray[np.float64], *, decades: bool) -> None:
    """Bars with their values; on a logarithmic axis they begin at a power of ten."""
    bottom = 0.0
    if decades:
        low, high = values[values > 0].min(), values.max()
        bottom = 10.0 ** np.floor(np.log10(low) - 0.1)
        axes.set_ylim(bottom, 2 * max(high, 5 * bottom))
        axes.yaxis.set_minor_formatter(need("matplotlib.ticker").NullFormatter())
    axes.bar(range(len(values)), values - bottom, bottom=bottom, color=PALETTE[0], alpha=0.75)
    for place, value in enumerate(values):
        text = f"{value:.2g}".replace("-", "\N{MINUS SIGN}")
        style: dict[str, Any] = {"ha": "center", "va": "bottom", "fontsize": 7.5, "color": INK}
        at = (place, max(value, bottom))
        axes.annotate(text, at, xytext=(0, 2), textcoords="offset points", **style)
    if not decades:
        axes.margins(y=0.12)
