"""Common style of all pictures: colours, resolution, a canvas without global state, arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonium.extras import need

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "DASHES",
    "DPI",
    "INK",
    "MARKERS",
    "MUTED",
    "PALETTE",
    "RULE",
    "WIDTH",
    "above",
    "array",
    "blank",
    "chart",
    "heading",
]

DPI = 200
"""Device pixels per inch; two of them are one CSS pixel on a page."""

WIDTH = 5.0
"""Width of a chart in inches; two fit side by side on a page."""

INK, MUTED, RULE = "#1f2933", "#5b6773", "#d8dde3"

PALETTE = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#B8A800",
)
"""Colours of Okabe and Ito, with a darker yellow for thin lines on white."""

DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1, 1.4)), (0, (6, 2, 1, 2)))
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def array(values: ArrayLike) -> NDArray[np.float64]:
    """Converts numbers (lists, arrays, torch tensors on any device) to float64 arrays.

    >>> array([1, 2]).dtype
    dtype('float64')
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu().double()
    return np.asarray(values, dtype=np.float64)


def blank(width: float, height: float, *, layout: Literal["constrained"] | None = None) -> Figure:
    """Makes an empty white figure of `width` x `height` inches on its own Agg canvas."""
    figure: Figure = need("matplotlib.figure").Figure(
        figsize=(width, height), dpi=DPI, facecolor="white", layout=layout
    )
    need("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
    return figure


def chart(width: float, height: float, *, title: str = "") -> tuple[Figure, Axes]:
    """Makes a figure with one pair of axes: no box, muted ticks, the title on the left."""
    figure = blank(width, height, layout="constrained")
    axes = figure.add_subplot(facecolor="white")
    axes.spines[["top", "right"]].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set(color="#9aa5b1", linewidth=0.8)
    axes.tick_params(colors=MUTED, labelsize=8, width=0.8, length=3)
    axes.xaxis.label.set(color=INK, fontsize=8.5)
    axes.yaxis.label.set(color=INK, fontsize=8.5)
    if title:
        figure.suptitle(title, x=0.01, ha="left", **heading())
    return figure, axes


def above() -> dict[str, Any]:
    """Placement of a legend above the axes on the left, where it hides no line."""
    place = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "ncols": 2, "borderaxespad": 0.2}
    return {**place, "fontsize": 7.5, "frameon": False, "labelcolor": INK}


def heading() -> dict[str, Any]:
    """Text properties of a figure's title."""
    return {"fontsize": 9.5, "fontweight": "bold", "color": INK}
