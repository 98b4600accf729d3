"""Sentences whose words stand on the colours of their tags."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harmonium.errors import UsageError
from harmonium.extras import need
from harmonium.report.style import INK, MUTED, PALETTE, blank

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["tagged_text"]

_WIDTH, _EDGE = 10.0, 0.15
_CELL, _LINE, _GAP = 0.068, 0.19, 0.12
"""Inches: width of a character, height of a line, space between sentences."""

_LIGHT = (5, 4, 2, 3, 7, 1, 0)
"""Colours of the palette on which words can be read, in the order of their use."""


def tagged_text(
    sentences: Sequence[tuple[Sequence[str], Sequence[str], Sequence[str] | None]],
    *,
    plain: str = "O",
) -> Figure:
    """Draws sentences, each from a line of its own; a frame marks a tag that is not the true one.

    Args:
        sentences: words, tags, and true tags if they are known.
        plain: the tag of words without a colour.

    Raises:
        ValueError: there are not as many tags as words.
    """
    for words, *given in sentences:
        if any(row is not None and len(row) != len(words) for row in given):
            raise UsageError(f"{len(words)} words, but another number of tags: give one for each")
    rectangle = need("matplotlib.patches").Rectangle
    kinds = sorted({t for _, *rows in sentences for row in rows for t in row or ()} - {plain})
    colours = {kind: PALETTE[_LIGHT[k % len(_LIGHT)]] for k, kind in enumerate(kinds)}
    lines = [_lines(words, int((_WIDTH - 2 * _EDGE) / _CELL)) for words, *_ in sentences]
    height = sum(rows * _LINE + _GAP for _, rows in lines) + 0.6
    figure = blank(_WIDTH, height)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, _WIDTH), ylim=(height, 0))
    axes.set_axis_off()
    x, top = _EDGE, 0.2
    for kind in kinds:
        axes.add_patch(rectangle((x, top - 0.07), 0.14, 0.14, facecolor=colours[kind], alpha=0.5))
        axes.text(x + 0.2, top, kind, fontsize=7.5, color=MUTED, va="center", parse_math=False)
        x += 0.45 + 0.07 * len(kind)
    top = 0.45
    for (words, tags, true), (places, rows) in zip(sentences, lines, strict=True):
        known = tags if true is None else true
        for word, tag, right, (column, row) in zip(words, tags, known, places, strict=True):
            corner = _EDGE + column * _CELL, top + row * _LINE
            size = _CELL * len(word), _LINE * 0.88
            if tag in colours:
                axes.add_patch(
                    rectangle(corner, *size, facecolor=colours[tag], alpha=0.5, linewidth=0)
                )
            if tag != right:
                axes.add_patch(rectangle(corner, *size, fill=False, edgecolor=INK, linewidth=0.9))
            axes.text(
                corner[0],
                corner[1] + size[1] / 2,
                word,
                family="monospace",
                fontsize=8,
                color=INK,
                va="center_baseline",
                parse_math=False,
            )
        top += rows * _LINE + _GAP
    return figure


def _lines(words: Sequence[str], across: int) -> tuple[list[tuple[int, int]], int]:
    """Column and line of every word, and the number of lines."""
    places, x, line = [], 0, 0
    for word in words:
        if x and x + len(word) > across:
            x, line = 0, line + 1
        places.append((x, line))
        x += len(word) + 1
    return places, line + 1
