"""Piano rolls: notes as bars over time, one colour for each voice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from harmonium.data.notes import Note, name_of
from harmonium.errors import UsageError
from harmonium.report.style import INK, MUTED, PALETTE, RULE, blank

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["piano_rolls"]

_WIDTH, _HEIGHT = 9.0, 2.1
"""Inches of a picture and of one roll."""

_GAP = 0.12
"""Part of a step that a bar is shorter than its note, so that repeated notes are apart."""

_BAR = 0.8
"""Height of a bar in semitones."""


def piano_rolls(
    rolls: Sequence[Sequence[Note]], *, titles: Sequence[str], steps: int, given: int = 0
) -> Figure:
    """Draws pieces below each other, with the same notes at the same heights.

    Args:
        rolls: the notes of each piece.
        titles: of the pieces.
        steps: length of the time axis.
        given: steps that were known; a line shows where they end, if there are some.

    Raises:
        ValueError: there is no piece, or a title is missing.
    """
    if not rolls or len(rolls) != len(titles):
        raise UsageError(f"{len(rolls)} pieces and {len(titles)} titles: give each piece one")
    numbers = [note.number for roll in rolls for note in roll] or [60]
    low, high = min(numbers) - 2, max(numbers) + 2
    figure = blank(_WIDTH, 0.25 + _HEIGHT * len(rolls), layout="constrained")
    panels = figure.subplots(len(rolls), 1, sharex=True, squeeze=False)[:, 0]
    octaves = [k for k in range(low, high + 1) if k % 12 == 0]
    for roll, title, axes in zip(rolls, titles, panels, strict=True):
        for k in octaves:
            axes.axhline(k, color=RULE, lw=0.6, zorder=0)
        for note in roll:
            axes.broken_barh(
                [(note.start, max(note.length - _GAP, _GAP))],
                (note.number - _BAR / 2, _BAR),
                color=PALETTE[note.voice % len(PALETTE)],
                lw=0,
            )
        if given:
            axes.axvline(given - _GAP / 2, color=INK, lw=0.8)
        axes.set(xlim=(0, steps), ylim=(low, high))
        axes.set_yticks(octaves, [name_of(k) for k in octaves])
        axes.tick_params(labelsize=7, colors=MUTED, length=0)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.set_title(title, loc="left", fontsize=8, color=INK, parse_math=False)
    panels[-1].set_xlabel("step", fontsize=8, color=MUTED)
    return figure
