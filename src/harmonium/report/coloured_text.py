"""Text on coloured ground: one value for each symbol, such as a hidden unit's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harmonium.errors import UsageError
from harmonium.extras import need
from harmonium.report.style import INK, MUTED, array, blank, heading

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["coloured_texts"]

_WIDTH, _COLUMNS = 10.0, 2
"""Inches of a picture, and blocks side by side."""

_CELL, _LINE, _GAP = 0.078, 0.16, 0.34
"""Inches: width of a character, height of a line, height of a block's title."""

_SHOWN = {"\n": "\N{PILCROW SIGN}", "\t": "\N{RIGHTWARDS ARROW}"}
"""How characters without a shape are drawn."""


def coloured_texts(
    symbols: Sequence[str], values: ArrayLike, *, names: Sequence[str], title: str = ""
) -> Figure:
    """Draws a text several times, once for each row of values, red above 0 and blue below.

    Colours are full at the largest absolute value of a row.

    Args:
        symbols: of the text: characters or words.
        values: one for each symbol, ``(rows, symbols)``.
        names: of the rows.
        title: of the picture.

    Raises:
        ValueError: sizes do not fit.
    """
    rows = array(values)
    if rows.shape != (len(names), len(symbols)):
        raise UsageError(
            f"values {rows.shape} for {len(names)} names and {len(symbols)} symbols: give one "
            "value for each name and symbol"
        )
    colours = need("matplotlib").colormaps["RdBu_r"]
    patches = need("matplotlib.patches")
    side = _WIDTH / _COLUMNS
    places, lines = _places(symbols, int((side - 0.3) / _CELL))
    block = lines * _LINE + _GAP
    height = -(-len(names) // _COLUMNS) * block + 0.5
    figure = blank(_WIDTH, height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, _WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    if title:
        figure.suptitle(title, x=0.015, ha="left", y=1 - 0.08 / height, **heading())
    for k, (name, row) in enumerate(zip(names, rows, strict=True)):
        top, edge = 0.4 + k // _COLUMNS * block, 0.15 + k % _COLUMNS * side
        axes.text(edge, top + 0.12, name, fontsize=7.5, color=MUTED, va="center", parse_math=False)
        limit = float(abs(row).max()) or 1.0
        for symbol, value, (x, line) in zip(symbols, row, places, strict=True):
            left, y = edge + x * _CELL, top + 0.24 + line * _LINE
            shade = colours(0.5 + 0.42 * float(value) / limit)
            size = (_CELL * max(1, len(symbol)), _LINE)
            axes.add_patch(patches.Rectangle((left, y), *size, facecolor=shade, linewidth=0))
            axes.text(
                left,
                y + _LINE / 2,
                _SHOWN.get(symbol, symbol),
                family="monospace",
                fontsize=8,
                color=INK,
                va="center_baseline",
                parse_math=False,
            )
    return figure


def _places(symbols: Sequence[str], across: int) -> tuple[list[tuple[int, int]], int]:
    """Column and line of every symbol, and the number of lines."""
    places, x, line = [], 0, 0
    for symbol in symbols:
        size = max(1, len(symbol))
        if x + size > across:
            x, line = 0, line + 1
        places.append((x, line))
        x += size
        if symbol == "\n":
            x, line = 0, line + 1
    return places, line + 1
