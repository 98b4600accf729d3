"""Maps: rows as points of a plane, with their classes as glyphs and colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harmonium.errors import UsageError
from harmonium.report.style import INK, MARKERS, PALETTE, WIDTH, above, array, chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["points"]

_GLYPHS, _DOTS, _NAMED = 600, 2000, 16
_LETTERS = 2
"""Number of characters of a class name that can stand in a map for its rows."""


def points(
    places: ArrayLike,
    labels: ArrayLike | None = None,
    *,
    classes: Sequence[object] = (),
    title: str = "",
    names: tuple[str, str] = ("", ""),
) -> Figure:
    """Draws rows as points ``(N, 2)``.

    Short names of classes, such as digits, stand in the map themselves, for the first 600 rows;
    longer ones are explained by a legend. A class has its own colour and its own mark, so that
    the picture can be read without colours.

    Args:
        places: of the rows.
        labels: index of the class of each row, ``(N,)``, -1 if unknown; None without classes.
        classes: names of the classes.
        title: of the picture.
        names: of both axes.

    Raises:
        ValueError: there are no rows, they are no points of a plane, or they are not finite.
    """
    xy = array(places)
    if xy.ndim != 2 or xy.shape[1] != 2 or not len(xy):
        raise UsageError(f"points of shape {xy.shape}: give (count, 2), at least one")
    if not np.isfinite(xy).all():
        raise UsageError(f"{int((~np.isfinite(xy)).sum())} places are not finite: did it diverge?")
    figure, axes = chart(WIDTH, 4.2, title=title)
    axes.set(xlabel=names[0], ylabel=names[1])
    known = None if labels is None else array(labels).astype(int)
    if known is None or not classes or (known < 0).all():
        axes.scatter(xy[:_DOTS, 0], xy[:_DOTS, 1], s=5, color=PALETTE[0], alpha=0.6, linewidth=0)
    elif max(len(str(name)) for name in classes) <= _LETTERS:
        _glyphs(axes, xy[:_GLYPHS], labels=known[:_GLYPHS], classes=classes)
    else:
        _marks(axes, xy[:_DOTS], labels=known[:_DOTS], classes=classes)
    return figure


def _glyphs(
    axes: Axes, xy: NDArray[np.float64], *, labels: NDArray[np.int64], classes: Sequence[object]
) -> None:
    """Writes the name of its class at the place of every row."""
    for place, label in zip(xy, labels, strict=True):
        if label >= 0:
            colour = PALETTE[label % len(PALETTE)]
            text = str(classes[label])
            axes.text(place[0], place[1], text, color=colour, fontsize=7, ha="center", va="center",
                      parse_math=False, clip_on=True)  # fmt: skip
    low, high = xy.min(0), xy.max(0)
    room = 0.03 * np.where(high > low, high - low, 1.0)
    axes.set(xlim=(low[0] - room[0], high[0] + room[0]))
    axes.set(ylim=(low[1] - room[1], high[1] + room[1]))


def _marks(
    axes: Axes, xy: NDArray[np.float64], *, labels: NDArray[np.int64], classes: Sequence[object]
) -> None:
    """Marks of each class, the first 16 with a name in the legend."""
    for label in np.unique(labels[labels >= 0]):
        axes.scatter(
            xy[labels == label, 0],
            xy[labels == label, 1],
            s=9,
            color=PALETTE[label % len(PALETTE)],
            marker=MARKERS[(label + label // len(PALETTE)) % len(MARKERS)],
            edgecolor=INK,
            linewidth=0.1,
            alpha=0.8,
            label=str(classes[label]).replace("$", r"\$") if label < _NAMED else None,
        )
    axes.legend(**above())
