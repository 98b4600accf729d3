"""An alignment as a picture: where each symbol written looked among those that were read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harmonium.errors import UsageError
from harmonium.report.style import RULE, array, chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["alignment_picture"]

_CELL, _LETTER = 0.17, 0.075
"""Inches of a cell, and of a character beside the picture."""

_SHOWN = {" ": "\N{OPEN BOX}", "\n": "\N{PILCROW SIGN}"}
"""How symbols without a shape are drawn."""


def alignment_picture(
    weights: ArrayLike, *, read: Sequence[str], written: Sequence[str], title: str = ""
) -> Figure:
    """Draws one cell for each pair of symbols, dark where a step looks at a place.

    The scale begins at 0, which is white, and ends at 1.

    Args:
        weights: ``(written, read)``, from 0 to 1.
        read: symbols from left to right.
        written: symbols from top to bottom.
        title: of the picture.

    Raises:
        ValueError: sizes do not fit, or nothing was read or written.
    """
    values = array(weights)
    if values.shape != (len(written), len(read)) or not values.size:
        raise UsageError(
            f"weights {values.shape} of {len(written)} symbols written and {len(read)} read: give "
            "one for each pair"
        )
    longest = max(map(len, [*read, *written]))
    edge = 0.35 + _LETTER * longest
    width = max(2.0, _CELL * len(read) + edge + 0.3)
    figure, axes = chart(width, _CELL * len(written) + edge + 0.5, title=title)
    axes.imshow(values, cmap="Blues", vmin=0, vmax=1, aspect="equal", interpolation="nearest")
    style: dict[str, Any] = {"fontsize": 7, "family": "monospace", "parse_math": False}
    turn = 90 if max(map(len, read)) > 1 else 0
    axes.set_xticks(range(len(read)), [_SHOWN.get(s, s) for s in read], rotation=turn, **style)
    axes.set_yticks(range(len(written)), [_SHOWN.get(s, s) for s in written], **style)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.tick_params(length=0, pad=2)
    axes.set_xticks([k - 0.5 for k in range(1, len(read))], minor=True)
    axes.set_yticks([k - 0.5 for k in range(1, len(written))], minor=True)
    axes.grid(which="minor", color=RULE, linewidth=0.3)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("read", fontsize=7)
    axes.set_ylabel("written", fontsize=7)
    return figure
