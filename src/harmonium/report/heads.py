"""The heads of a memory through time: where each step writes, and where it reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.errors import UsageError
from harmonium.report.style import INK, MUTED, array, blank, heading

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["heads_picture"]

_CELL, _USED = 0.13, 0.05
"""Inches of a cell, and the weight from which on a slot is in use."""


def heads_picture(
    weights: dict[str, ArrayLike], *, steps: Sequence[str], mark: int, title: str = ""
) -> Figure:
    """Draws one panel for each head: a column for each step, a row for each slot.

    The scale begins at 0, which is white, and ends at 1. Slots after the last one in use are left
    out.

    Args:
        weights: name of a head -> its weights, ``(steps, slots)``.
        steps: what is read or written at each step.
        mark: the step before which a line is drawn.
        title: of the picture.

    Raises:
        ValueError: sizes do not fit.
    """
    panels = {name: array(values) for name, values in weights.items()}
    if any(values.ndim != 2 or len(values) != len(steps) for values in panels.values()):
        shapes = ", ".join(str(values.shape) for values in panels.values())
        raise UsageError(f"weights {shapes} of {len(steps)} steps: give a row for each step")
    used = max(int(np.flatnonzero(x.max(0) > _USED).max(initial=0)) for x in panels.values())
    slots = min(used + 3, min(values.shape[1] for values in panels.values()))
    height = slots * _CELL + 0.55
    figure = blank(
        max(3.0, _CELL * len(steps) + 1.2), len(panels) * height + 0.4, layout="constrained"
    )
    if title:
        figure.suptitle(title, x=0.01, ha="left", **heading())
    style: dict[str, Any] = {"fontsize": 6, "family": "monospace", "parse_math": False}
    for k, (name, values) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(len(panels), 1, k)
        shown = values[:, :slots].T
        axes.imshow(shown, cmap="Blues", vmin=0, vmax=1, aspect="equal", interpolation="nearest")
        axes.axvline(mark - 0.5, color=INK, linewidth=0.8)
        axes.set_xticks(range(len(steps)), steps, **style)
        axes.set_title(name, fontsize=7.5, color=INK, loc="left")
        axes.set_ylabel("slot", fontsize=7, color=INK)
        axes.tick_params(length=0, labelsize=6, colors=MUTED)
        axes.spines[["top", "right"]].set_visible(False)
    return figure
