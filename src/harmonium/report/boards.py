"""Pictures of Go boards: stones, how much a net likes each point, and the move that was played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.extras import need
from harmonium.report.style import INK, MUTED, PALETTE, array, blank

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["Board", "boards_picture"]

_SIDE, _STRIP, _COLUMNS = 2.3, 0.34, 3
_WOOD, _DARK, _LIGHT = "#f3e6cc", "#20262d", "#ffffff"
_LEAST = 0.01
"""Probability below which a point has no disc."""


@dataclass(frozen=True)
class Board:
    """A board to draw.

    Args:
        stones: ``(rows, columns)``: 1 for stones of the side to move, -1 for others, 0 for none.
        liking: probability of every point, ``(rows, columns)``.
        played: the point of the move that was played, in reading order; None for none.
        last: the point of the move before; None for none.
        words: above the board.
    """

    stones: ArrayLike
    liking: ArrayLike
    played: int | None
    last: int | None
    words: str


def boards_picture(boards: Sequence[Board]) -> Figure:
    """Draws boards side by side.

    Stones of the side to move are dark. The area of a blue disc is the probability of the point,
    relative to the largest one; an orange ring is the move that was played; a dot marks the last
    stone.
    """
    columns = min(_COLUMNS, len(boards))
    lines = -(-len(boards) // columns)
    width, height = columns * _SIDE, lines * (_SIDE + _STRIP)
    figure = blank(width, height)
    for k, board in enumerate(boards):
        left, top = (k % columns) * _SIDE, (k // columns) * (_SIDE + _STRIP) + _STRIP
        place = (
            (left + 0.06) / width,
            1 - (top + _SIDE - 0.12) / height,
            (_SIDE - 0.12) / width,
            (_SIDE - 0.12) / height,
        )
        _draw(figure.add_axes(place), board)
        above = 1 - (top - 0.06) / height
        figure.text((left + 0.07) / width, above, board.words, fontsize=7, color=INK, va="bottom")
    return figure


def _draw(axes: Axes, board: Board) -> None:
    stones, liking = array(board.stones), array(board.liking)
    rows, columns = stones.shape
    circle: Any = need("matplotlib.patches").Circle
    axes.set(xlim=(-0.8, columns - 0.2), ylim=(rows - 0.2, -0.8), aspect="equal")
    axes.set_facecolor(_WOOD)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)
    axes.hlines(range(rows), 0, columns - 1, color=MUTED, lw=0.4, zorder=1)
    axes.vlines(range(columns), 0, rows - 1, color=MUTED, lw=0.4, zorder=1)
    for y, x in zip(*np.nonzero(stones), strict=True):
        face = _DARK if stones[y, x] > 0 else _LIGHT
        axes.add_patch(circle((x, y), 0.46, fc=face, ec=_DARK, lw=0.5, zorder=2))
    if board.last is not None:
        y, x = divmod(board.last, columns)
        axes.add_patch(circle((x, y), 0.14, fc=MUTED, ec="none", zorder=3))
    largest = max(float(liking.max()), 1e-12)
    for y, x in zip(*np.nonzero(liking >= _LEAST), strict=True):
        radius = 0.46 * float(liking[y, x] / largest) ** 0.5
        axes.add_patch(circle((x, y), radius, fc=PALETTE[0], ec="none", alpha=0.85, zorder=4))
    if board.played is not None:
        y, x = divmod(board.played, columns)
        axes.add_patch(circle((x, y), 0.5, fc="none", ec=PALETTE[1], lw=1.2, zorder=5))
