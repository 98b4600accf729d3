"""Landscapes over a square: contours with a path on them, and surfaces side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.extras import need
from harmonium.report.style import INK, MUTED, PALETTE, WIDTH, array, blank, chart, heading

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["contours", "surfaces"]

_LEVELS, _COLOURS = 16, "viridis"


def contours(
    heights: ArrayLike,
    *,
    path: ArrayLike | None = None,
    marks: Mapping[str, Sequence[float]] | None = None,
    labels: tuple[str, str, str] = ("", "", "energy, nats"),
    title: str = "",
) -> Figure:
    """Heights on a grid over [-1, 1] x [-1, 1] as filled contours, dark where low.

    Args:
        heights: (rows, columns): row by the vertical coordinate, from below; column by the other.
        path: places (T, 2), horizontal then vertical, joined by a line; the first is a ring, the
            last a dot.
        marks: name -> place.
        labels: of the horizontal axis, the vertical one and the scale.
        title: of the picture.

    Raises:
        ValueError: heights that are no grid or not finite; a path that is not (T, 2).
    """
    grid = _grid(heights)
    figure, axes = chart(WIDTH, 4.2, title=title)
    x, y = (np.linspace(-1, 1, n) for n in (grid.shape[1], grid.shape[0]))
    drawn = axes.contourf(x, y, grid, levels=_LEVELS, cmap=_COLOURS)
    axes.contour(x, y, grid, levels=_LEVELS, colors="white", linewidths=0.4, alpha=0.5)
    axes.set(xlabel=labels[0], ylabel=labels[1], aspect="equal", xlim=(-1.08, 1.08))
    axes.set(ylim=(-1.08, 1.08), xticks=(-1, -0.5, 0, 0.5, 1), yticks=(-1, -0.5, 0, 0.5, 1))
    bar = figure.colorbar(drawn, ax=axes, fraction=0.045, pad=0.03)
    bar.set_label(labels[2], fontsize=8, color=INK)
    bar.ax.tick_params(labelsize=7, length=2, width=0.6, colors=MUTED)
    bar.outline.set(linewidth=0.4, edgecolor=INK)
    if path is not None:
        steps = array(path)
        if steps.ndim != 2 or steps.shape[1] != 2 or not len(steps):
            message = f"a path of shape {steps.shape}: give places (T, 2)"
            raise ValueError(message)
        axes.plot(*steps.T, color="white", linewidth=2.6, zorder=3)
        axes.plot(*steps.T, color=PALETTE[1], linewidth=1.3, zorder=4, label="path")
        ends: dict[str, Any] = {"s": 42, "zorder": 5, "edgecolors": PALETTE[1], "clip_on": False}
        axes.scatter(*steps[0], facecolors="white", linewidths=1.6, **ends)
        axes.scatter(*steps[-1], facecolors=PALETTE[1], linewidths=1.0, **ends)
    for name, (across, up) in (marks or {}).items():
        inward = "right" if across > 0 else "left"
        axes.annotate(
            name,
            (across, up),
            xytext=(-9 if across > 0 else 9, -9 if up > 0 else 9),
            textcoords="offset points",
            ha=inward,
            va="top" if up > 0 else "bottom",
            fontsize=8.5,
            fontweight="bold",
            color="white",
            parse_math=False,
            zorder=6,
        )
    return figure


def surfaces(
    panels: Mapping[str, ArrayLike],
    *,
    marks: Mapping[str, Mapping[str, Sequence[float]]] | None = None,
    labels: tuple[str, str, str] = ("", "", ""),
    title: str = "",
) -> Figure:
    """Named surfaces over [-1, 1] x [-1, 1] side by side, all on one scale of height.

    Args:
        panels: name -> heights (rows, columns), as in `contours`.
        marks: name of the panel -> name -> place.
        labels: of the horizontal axis, the vertical one and the height.
        title: of the picture.

    Raises:
        ValueError: no panels, or heights that are no grid or not finite.
    """
    grids = {name: _grid(heights) for name, heights in panels.items()}
    if not grids:
        message = "surfaces need at least one panel"
        raise ValueError(message)
    need("mpl_toolkits.mplot3d")
    low = min(float(g.min()) for g in grids.values())
    high = max(float(g.max()) for g in grids.values())
    figure = blank(2 * WIDTH, 3.9)
    if title:
        figure.suptitle(title, x=0.01, ha="left", **heading())
    for number, (name, grid) in enumerate(grids.items()):
        width = 1 / len(grids)
        place = (number * width, 0.02, 0.98 * width, 0.86)
        axes: Any = figure.add_axes(place, projection="3d", computed_zorder=False)
        x, y = np.meshgrid(*(np.linspace(-1, 1, n) for n in grid.shape[::-1]))
        style: dict[str, Any] = {"cmap": _COLOURS, "vmin": low, "vmax": high}
        axes.plot_surface(x, y, grid, rcount=60, ccount=60, linewidth=0, zorder=1, **style)
        axes.contour(x, y, grid, levels=12, zdir="z", offset=low, linewidths=0.5, **style)
        for word, (across, up) in ((marks or {}).get(name) or {}).items():
            height = grid[_nearest(up, grid.shape[0]), _nearest(across, grid.shape[1])]
            axes.scatter(across, up, height, color=PALETTE[1], s=16, zorder=3)
            axes.text(
                across, up, height + 0.07 * (high - low), word,
                fontsize=9, fontweight="bold", color=PALETTE[1], ha="center", zorder=4,
            )  # fmt: skip
        axes.set_title(name, fontsize=9, color=INK, y=0.98, parse_math=False)
        axes.set(zlim=(low, high), xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        axes.set_xlabel(labels[0], fontsize=7.5, color=INK, labelpad=-4)
        axes.set_ylabel(labels[1], fontsize=7.5, color=INK, labelpad=-4)
        axes.set_zlabel(labels[2], fontsize=7.5, color=INK, labelpad=-2)
        axes.tick_params(labelsize=6.5, colors=MUTED, pad=-2)
        axes.view_init(elev=38, azim=-52)
    return figure


def _nearest(at: float, points: int) -> int:
    return round((at + 1) / 2 * (points - 1))


def _grid(heights: ArrayLike) -> NDArray[np.float64]:
    grid = array(heights)
    if grid.ndim != 2 or min(grid.shape) < 2 or not np.isfinite(grid).all():
        message = f"heights of shape {grid.shape}: give a grid (rows, columns) of finite numbers"
        raise ValueError(message)
    return grid
