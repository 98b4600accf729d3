"""Pictures with texts beside them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harmonium.errors import UsageError
from harmonium.report.mosaic import as_tiles
from harmonium.report.style import INK, MUTED, blank

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["captioned"]

_WIDTH, _SIDE, _GAP, _EDGE = 10.0, 0.95, 0.16, 0.1
"""Inches: width of the figure, side of a picture, space between pictures, and around them."""

_COLUMNS, _LETTERS, _LINE = 2, 52, 0.145
"""Pictures beside each other, letters of a line of text, and its height in inches."""


def captioned(
    rows: ArrayLike, shape: Sequence[int], *, texts: Sequence[Mapping[str, str]]
) -> Figure:
    """Draws pictures ``(N, D)`` with values in [0, 1], and texts with their names beside each.

    Raises:
        ValueError: rows do not fit `shape`, or there are not as many texts as pictures.
    """
    tiles = as_tiles(rows, shape)
    if len(tiles) != len(texts):
        raise UsageError(f"{len(tiles)} pictures, but {len(texts)} texts: give one for each")
    lines = -(-len(tiles) // _COLUMNS)
    height = lines * (_SIDE + _GAP) + 2 * _EDGE
    figure = blank(_WIDTH, height)
    for k, (tile, named) in enumerate(zip(tiles, texts, strict=True)):
        line, column = divmod(k, _COLUMNS)
        left = _EDGE + column * _WIDTH / _COLUMNS
        top = height - _EDGE - line * (_SIDE + _GAP)
        place = (left / _WIDTH, (top - _SIDE) / height, _SIDE / _WIDTH, _SIDE / height)
        axes = figure.add_axes(place)
        axes.set_axis_off()
        axes.imshow(tile, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        below = top - 0.08
        for name, text in named.items():
            for at, part in enumerate(textwrap.wrap(text, _LETTERS) or [""]):
                where = (left + _SIDE + 0.12) / _WIDTH
                style: dict[str, Any] = {"fontsize": 7.5, "va": "center", "parse_math": False}
                if at == 0:
                    figure.text(where, below / height, name, color=MUTED, **style)
                figure.text(where + 0.052, below / height, part, color=INK, **style)
                below -= _LINE
            below -= 0.04
    return figure
