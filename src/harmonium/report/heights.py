"""Energy landscapes over a square: contours with a path, and several side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.errors import UsageError
from harmonium.report.style import INK, MUTED, PALETTE, WIDTH, array, blank, chart, heading

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["contours", "landscapes"]

_LEVELS, _COLOURS = 16, "viridis"


def contours(
    heights: ArrayLike,
    *,
    path: ArrayLike | None = None,
    marks: Mapping[str, Sequence[float]] | None = None,
    labels: tuple[str, str, str] = ("", "", "energy, nats"),
    title: str = "",
) -> Figure:
    """Draws heights on a grid over [-1, 1] x [-1, 1] as filled contours, dark where low.

    Args:
        heights: (rows, columns); the row is the vertical coordinate, from below.
        path: points (T, 2), horizontal then vertical, joined by a line; the first is a ring, the
            last a dot.
        marks: name -> point.
        labels: of the horizontal axis, the vertical axis and the scale.
        title: of the picture.

    Raises:
        ValueError: heights are not a grid or not finite, or the path is not (T, 2).
    """
    figure, axes = chart(WIDTH, 4.2, title=title)
    drawn = _fill(axes, heights, marks=marks or {})
    axes.set(xlabel=labels[0], ylabel=labels[1])
    bar = figure.colorbar(drawn, ax=axes, fraction=0.045, pad=0.03)
    bar.set_label(labels[2], fontsize=8, color=INK)
    bar.ax.tick_params(labelsize=7, length=2, width=0.6, colors=MUTED)
    bar.outline.set(linewidth=0.4, edgecolor=INK)
    if path is not None:
        _walk(axes, array(path))
    return figure


def landscapes(
    panels: Mapping[str, ArrayLike],
    *,
    marks: Mapping[str, Mapping[str, Sequence[float]]] | None = None,
    labels: tuple[str, str] = ("", ""),
    title: str = "",
) -> Figure:
    """Draws named landscapes side by side, as `contours` does, each on its own scale.

    Below each name are the minimum and the maximum height.

    Args:
        panels: name -> heights (rows, columns).
        marks: name of the panel -> name -> point.
        labels: of the horizontal and the vertical axis.
        title: of the picture.

    Raises:
        ValueError: there are no panels, or heights are not a grid or not finite.
    """
    if not panels:
        message = "landscapes need at least one panel"
        raise UsageError(message)
    figure = blank(2 * WIDTH, 0.9 + 2 * WIDTH / len(panels), layout="constrained")
    if title:
        figure.suptitle(title, x=0.01, ha="left", **heading())
    for number, (name, heights) in enumerate(panels.items(), 1):
        axes = figure.add_subplot(1, len(panels), number)
        _fill(axes, heights, marks=(marks or {}).get(name) or {})
        grid = array(heights)
        ends = f"from {grid.min():.3g} to {grid.max():.3g}".replace("-", "\N{MINUS SIGN}")
        caption = f"{name}\n{ends}"
        axes.set_title(caption, fontsize=8.5, color=INK, parse_math=False)
        axes.set_xlabel(labels[0], fontsize=8.5, color=INK)
        axes.set_ylabel(labels[1] if number == 1 else "", fontsize=8.5, color=INK)
        axes.tick_params(colors=MUTED, labelsize=8, width=0.8, length=3, labelleft=number == 1)
        axes.spines[:].set_visible(False)
    return figure


def _fill(axes: Axes, heights: ArrayLike, *, marks: Mapping[str, Sequence[float]]) -> Any:  # noqa: ANN401
    grid = _grid(heights)
    x, y = (np.linspace(-1, 1, n) for n in (grid.shape[1], grid.shape[0]))
    drawn = axes.contourf(x, y, grid, levels=_LEVELS, cmap=_COLOURS)
    axes.contour(x, y, grid, levels=_LEVELS, colors="white", linewidths=0.4, alpha=0.5)
    axes.set(aspect="equal", xlim=(-1.08, 1.08), ylim=(-1.08, 1.08))
    axes.set(xticks=(-1, -0.5, 0, 0.5, 1), yticks=(-1, -0.5, 0, 0.5, 1))
    for name, (across, up) in marks.items():
        axes.annotate(
            name,
            (across, up),
            xytext=(-9 if across > 0 else 9, -9 if up > 0 else 9),
            textcoords="offset points",
            ha="right" if across > 0 else "left",
            va="top" if up > 0 else "bottom",
            fontsize=8.5,
            fontweight="bold",
            color="white",
            parse_math=False,
            zorder=6,
        )
    return drawn


def _walk(axes: Axes, steps: NDArray[np.float64]) -> None:
    if steps.ndim != 2 or steps.shape[1] != 2 or not len(steps):
        message = f"a path of shape {steps.shape}: give places (T, 2)"
        raise UsageError(message)
    axes.plot(*steps.T, color="white", linewidth=2.6, zorder=3)
    axes.plot(*steps.T, color=PALETTE[1], linewidth=1.3, zorder=4, label="path")
    ends: dict[str, Any] = {"s": 42, "zorder": 5, "edgecolors": PALETTE[1], "clip_on": False}
    axes.scatter(*steps[0], facecolors="white", linewidths=1.6, **ends)
    axes.scatter(*steps[-1], facecolors=PALETTE[1], linewidths=1.0, **ends)


def _grid(heights: ArrayLike) -> NDArray[np.float64]:
    grid = array(heights)
    if grid.ndim != 2 or min(grid.shape) < 2 or not np.isfinite(grid).all():
        message = f"heights of shape {grid.shape}: give a grid (rows, columns) of finite numbers"
        raise UsageError(message)
    return grid
