"""Line charts: learning curves with labels, and bundles of chains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.errors import UsageError
from harmonium.extras import need
from harmonium.report.style import (
    DASHES,
    INK,
    MARKERS,
    MUTED,
    PALETTE,
    RULE,
    WIDTH,
    above,
    array,
    chart,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["curves", "mark", "traces"]

_LABEL_GAP = 0.062


def curves(
    series: Mapping[str, ArrayLike],
    *,
    x_label: str = "epoch",
    y_label: str = "",
    title: str = "",
    log_y: bool = False,
    steps: Mapping[str, ArrayLike] | None = None,
) -> Figure:
    """Draws named learning curves, labelled at their ends; values that are not finite leave gaps.

    A series is (epochs,) or (seeds, epochs); for the latter, the mean is drawn in a band of one
    standard deviation. `steps` gives a series' x values, which are otherwise 1, 2, 3 ... A
    logarithmic axis leaves out values that are not positive, and stays linear if none is positive.

    Raises:
        ValueError: there is no series, a series is empty or has more than two axes, or steps do
            not fit.
    """
    if not series:
        message = "curves need at least one series"
        raise UsageError(message)
    unknown = sorted(set(steps or {}) - set(series))
    if unknown:
        message = f"steps for unknown series {unknown}; there are {sorted(series)}"
        raise UsageError(message)
    figure, axes = chart(WIDTH, 3.3, title=title)
    log_y = log_y and any((array(values) > 0).any() for values in series.values())
    axes.set(xlabel=x_label, ylabel=y_label, yscale="log" if log_y else "linear")
    axes.grid(visible=True, axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(
        need("matplotlib.ticker").MaxNLocator(nbins=7, steps=[1, 2, 5, 10], integer=True)
    )
    ends = {}
    for index, (name, values) in enumerate(series.items()):
        x, runs = _line(name, values, steps=(steps or {}).get(name))
        ends[name] = _draw(axes, x, runs=runs, index=index, name=name)
    low, high = axes.get_ylim()
    if log_y and high > 10 * low:  # on two decades, only the ends have labels
        axes.yaxis.set_minor_formatter(need("matplotlib.ticker").NullFormatter())
    _label_ends(axes, ends)
    if axes.collections:
        axes.set_title("bands: ± 1 s.d. over trials", loc="right", fontsize=7, color=MUTED)
    return figure


def traces(
    groups: Mapping[str, ArrayLike], *, y_label: str, title: str = "", x_label: str = "sweep"
) -> Figure:
    """Draws one number per chain and step, (chains, steps), for each named group of chains.

    Raises:
        ValueError: there is no group, a group has no chains or steps, or values are not finite.
    """
    arrays = {name: array(values) for name, values in groups.items()}
    if not arrays:
        message = "traces need at least one group of chains"
        raise UsageError(message)
    for name, values in arrays.items():
        if values.ndim != 2 or not values.size or not np.isfinite(values).all():
            message = f"chains {name!r} of shape {values.shape}: give finite (chains, steps)"
            raise UsageError(message)
    figure, axes = chart(WIDTH, 3.1, title=title)
    axes.grid(visible=True, axis="y", color=RULE, linewidth=0.6)
    for index, (name, values) in enumerate(arrays.items()):
        steps = np.arange(1, values.shape[1] + 1)
        style: dict[str, Any] = {"color": PALETTE[index], "linewidth": 0.5, "alpha": 0.6}
        for number, line in enumerate(values):
            axes.plot(steps, line, label=name if number == 0 else None, **style)
    axes.set(xlabel=x_label, ylabel=y_label)
    legend = axes.legend(**above())
    for handle in legend.get_lines():
        handle.set(linewidth=1.8, alpha=1.0)
    return figure


def mark(figure: Figure, at: float, *, word: str) -> Figure:
    """Adds a dashed vertical line with a word at its top, such as a known threshold."""
    axes = figure.axes[0]
    axes.axvline(at, color=MUTED, linewidth=1.0, linestyle=(0, (4, 3)), zorder=0.5)
    text: dict[str, Any] = {"fontsize": 7.5, "color": MUTED, "parse_math": False}
    axes.annotate(
        word,
        (at, 1.0),
        xycoords=axes.get_xaxis_transform(),
        xytext=(3, -2),
        textcoords="offset points",
        va="top",
        **text,
    )
    return figure


def _line(
    name: str, values: ArrayLike, *, steps: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    runs = array(values)
    if runs.ndim not in (1, 2) or not runs.size:
        message = f"series {name!r} of shape {runs.shape}: give (epochs,) or (seeds, epochs)"
        raise UsageError(message)
    runs = np.atleast_2d(np.where(np.isfinite(runs), runs, np.nan))
    x = np.arange(1.0, runs.shape[1] + 1) if steps is None else array(steps)
    if x.shape != runs.shape[1:]:
        message = f"series {name!r} has {runs.shape[1]} values but {x.size} steps"
        raise UsageError(message)
    return x, runs


def _draw(
    axes: Axes, x: NDArray[np.float64], *, runs: NDArray[np.float64], index: int, name: str
) -> tuple[float, float]:
    """Draws one series; returns the last point of its line, or NaNs if it has none."""
    colour = PALETTE[index % len(PALETTE)]
    mean = runs.mean(axis=0)
    if len(runs) > 1:
        spread = runs.std(axis=0, ddof=1)
        low, high = mean - spread, mean + spread
        if axes.get_yscale() == "log" and (mean > 0).any():
            low = np.maximum(low, np.nanmin(np.where(mean > 0, mean, np.nan)) / 10)
        axes.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)
    axes.plot(
        x,
        mean,
        label=name,
        color=colour,
        linewidth=1.6,
        linestyle=DASHES[(index + index // len(PALETTE)) % len(DASHES)],
        marker=MARKERS[index % len(MARKERS)],
        markersize=4,
        markevery=max(1, len(x) // 8),
        markeredgecolor="white",
        markeredgewidth=0.5,
    )
    drawn = np.flatnonzero(np.isfinite(mean) & ((mean > 0) | (axes.get_yscale() != "log")))
    if not len(drawn):
        return float("nan"), float("nan")
    return float(x[drawn[-1]]), float(mean[drawn[-1]])


def _label_ends(axes: Axes, ends: Mapping[str, tuple[float, float]]) -> None:
    """Writes each name at the right of the axes, near the height of its line's end."""
    axes.margins(x=0.02)
    axes.set_xlim(axes.get_xlim())
    axes.set_ylim(axes.get_ylim())
    to_axes = axes.transData + axes.transAxes.inverted()
    points = [
        to_axes.transform(end) if np.isfinite(end).all() else (1, 0) for end in ends.values()
    ]
    heights = _spread([float(point[1]) for point in points])
    for line, point, height in zip(axes.lines[:], points, heights, strict=True):
        colour = line.get_color()
        leader = ((point[0], 1.0, 1.03), (point[1], point[1], height))
        style: dict[str, Any] = {"transform": axes.transAxes, "clip_on": False, "color": colour}
        axes.plot(*leader, linewidth=0.7, alpha=0.6, scalex=False, scaley=False, **style)
        axes.plot(
            [1.03],
            [height],
            marker=line.get_marker(),
            markersize=4,
            scalex=False,
            scaley=False,
            **style,
        )
        axes.annotate(
            str(line.get_label()),
            (1.03, height),
            xycoords="axes fraction",
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=INK,
            parse_math=False,
        )


def _spread(heights: list[float]) -> list[float]:
    """Moves heights in [0, 1] apart to the distance of a label, in the same order.

    >>> _spread([0.5, 0.5, 0.1])
    [0.469, 0.531, 0.1]
    """
    gap = min(_LABEL_GAP, 1 / max(len(heights) - 1, 1))
    order = np.argsort(heights, kind="stable")
    rank = np.arange(len(heights)) * gap
    # Isotonic regression of (height - rank): the nearest placement that keeps order and distance.
    blocks: list[list[float]] = []
    for value in np.clip(np.array(heights)[order], 0, 1) - rank:
        blocks.append([value])
        while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
            last = blocks.pop()
            blocks[-1].extend(last)
    flat = np.concatenate([np.full(len(block), np.mean(block)) for block in blocks])
    placed = np.empty(len(heights))
    placed[order] = np.clip(flat, 0, 1 - rank[-1]) + rank
    return [float(height) for height in placed.round(6)]
