"""Queries with what was found for each, right and wrong marked by word and frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from harmonium.errors import UsageError
from harmonium.extras import need
from harmonium.report.mosaic import as_tiles, hang, plan
from harmonium.report.style import INK, PALETTE

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["RIGHT", "WRONG", "found_for"]

RIGHT, WRONG = PALETTE[2], PALETTE[1]
"""Colours of the frames."""


def found_for(
    queries: ArrayLike,
    found: ArrayLike,
    *,
    shape: Sequence[int],
    labels: Sequence[Sequence[object]],
    right: ArrayLike,
    title: str = "",
) -> Figure:
    """Draws each query (Q, D) on the left, and what was found for it (Q, k, D) beside it.

    Args:
        queries: pictures in [0, 1].
        found: pictures in [0, 1], the best first.
        shape: of a picture.
        labels: for each query, its label and those of the k pictures found.
        right: whether each picture found is right, (Q, k); a right one has a green frame, a wrong
            one a thick orange frame and the word "wrong" under it.
        title: of the sheet.

    Raises:
        ValueError: numbers differ, or rows do not fit `shape`.
    """
    left, beside, good = (np.asarray(part) for part in (queries, found, right))
    if beside.ndim != 3 or good.shape != beside.shape[:2] or len(left) != len(beside):
        raise UsageError(
            f"{left.shape} queries, {beside.shape} found and {good.shape} marks: give (Q, D), "
            "(Q, k, D) and (Q, k)"
        )
    columns = 1 + beside.shape[1]
    rows = np.concatenate([left[:, None], beside], 1).reshape(-1, left.shape[1])
    tiles = as_tiles(rows, shape).clip(0, 1)
    words = [str(label) for line in labels for label in line]
    marks = [mark for line in good for mark in (None, *line)]
    captions = [
        word if mark is None or mark else f"{word} wrong"
        for word, mark in zip(words, marks, strict=True)
    ]
    sheet = plan(tiles, columns=columns, strip=26)
    grey = {"cmap": "gray", "vmin": 0.0, "vmax": 1.0}
    axes = hang(tiles, sheet, paint=grey, title=title, labels=captions)
    rectangle = need("matplotlib.patches").Rectangle
    for index, mark in enumerate(marks):
        (x, y), (height, width) = sheet.corner(index), sheet.tile
        colour = INK if mark is None else RIGHT if mark else WRONG
        thick = 1.0 if mark is None or mark else 2.2
        axes.add_patch(
            rectangle(
                (x, y), width, height, fill=False, edgecolor=colour, linewidth=thick, clip_on=False
            )
        )
    return cast("Figure", axes.figure)
