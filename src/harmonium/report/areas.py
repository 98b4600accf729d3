"""Decision areas: the class of every point of a plane, with the rows on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harmonium.extras import need
from harmonium.report.style import INK, MARKERS, MUTED, PALETTE, array, chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["areas", "frame_of", "grid"]

_POINTS, _ROWS = 120, 400

Frame = tuple[float, float, float, float]
"""Left, right, bottom and top of a picture."""


def frame_of(rows: ArrayLike) -> Frame:
    """The part of the plane to draw: all rows ``(N, 2)``, and a third of their width around.

    >>> frame_of([[0, 0], [3, 6]])
    (-1.0, 4.0, -2.0, 8.0)
    """
    x = array(rows)
    low, high = x.min(0), x.max(0)
    room = np.where(high > low, (high - low) / 3, 1.0)
    (left, bottom), (right, top) = low - room, high + room
    return float(left), float(right), float(bottom), float(top)


def grid(frame: Frame) -> NDArray[np.float64]:
    """The points of a picture, ``(120 * 120, 2)``, row by row from the bottom."""
    left, right, bottom, top = frame
    across, up = np.linspace(left, right, _POINTS), np.linspace(bottom, top, _POINTS)
    return np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)


def areas(
    rows: ArrayLike,
    labels: ArrayLike,
    *,
    decided: ArrayLike,
    frame: Frame,
    title: str = "",
    names: Sequence[str] = ("", ""),
) -> Figure:
    """Draws decision areas as pale colours, and rows as marks in the colour of their class.

    Args:
        rows: ``(N, 2)``; at most 400 are drawn.
        labels: their classes, ``(N,)``, from 0.
        decided: the class of every point of ``grid(frame)``.
        frame: the part of the plane.
        title: of the picture.
        names: of the two values of a row.
    """
    x, y = array(rows)[:_ROWS], array(labels)[:_ROWS].astype(int)
    classes = array(decided).astype(int).reshape(_POINTS, _POINTS)
    colour: Callable[[str], tuple[float, float, float]] = need("matplotlib.colors").to_rgb
    palette = np.array([colour(name) for name in PALETTE])
    figure, axes = chart(1.75, 1.8)
    axes.imshow(
        1 - 0.3 * (1 - palette[classes % len(PALETTE)]),
        extent=frame,
        origin="lower",
        aspect="auto",
        interpolation="nearest",
    )
    for label in np.unique(y):
        axes.scatter(
            x[y == label, 0],
            x[y == label, 1],
            s=26 if len(x) < 50 else 7,
            color=PALETTE[label % len(PALETTE)],
            marker=MARKERS[label % len(MARKERS)],
            edgecolor="white",
            linewidth=0.6,
            zorder=3,
        )
    axes.set(xlim=frame[:2], ylim=frame[2:])
    axes.set_xlabel(names[0], fontsize=8, color=MUTED, labelpad=1)
    axes.set_ylabel(names[1], fontsize=8, color=MUTED, labelpad=1)
    axes.tick_params(labelsize=7)
    axes.set_title(title, fontsize=8, color=INK, loc="left", parse_math=False)
    return figure
