"""Pictures of scenes with boxes: what was found, with scores, and what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.extras import need
from harmonium.report.style import INK, PALETTE, array, blank

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["Scene", "scenes_picture"]

_WIDTH, _STRIP, _COLUMNS = 2.6, 0.24, 3
RIGHT, WRONG, MISSED = PALETTE[2], PALETTE[1], PALETTE[0]
"""Colours of boxes that are right, that are wrong, and of objects that were missed."""


@dataclass(frozen=True)
class Scene:
    """A picture with boxes to draw.

    Args:
        pixels: grey values in [0, 1], ``(rows, columns)``.
        boxes: found ones, ``(n, 4)``: left, top, right, bottom.
        scores: of the found ones, ``(n,)``.
        right: whether each is right, ``(n,)``.
        missed: boxes of objects that were not found, ``(m, 4)``.
        words: above the picture.
    """

    pixels: ArrayLike
    boxes: ArrayLike
    scores: ArrayLike
    right: ArrayLike
    missed: ArrayLike
    words: str = ""


def scenes_picture(scenes: Sequence[Scene]) -> Figure:
    """Draws scenes side by side, three in a line.

    Green boxes are right, orange ones wrong, with their scores; blue dashed ones were missed.
    """
    columns = min(_COLUMNS, len(scenes))
    lines = -(-len(scenes) // columns)
    rows, across = array(scenes[0].pixels).shape
    high = _WIDTH * rows / across
    width, height = columns * _WIDTH, lines * (high + _STRIP)
    figure = blank(width, height)
    for k, scene in enumerate(scenes):
        left, top = (k % columns) * _WIDTH, (k // columns) * (high + _STRIP) + _STRIP
        place = (
            (left + 0.04) / width,
            1 - (top + high - 0.04) / height,
            (_WIDTH - 0.08) / width,
            (high - 0.04) / height,
        )
        _draw(figure.add_axes(place), scene)
        figure.text(
            (left + 0.05) / width, 1 - (top - 0.05) / height, scene.words, fontsize=7, color=INK
        )
    return figure


def _draw(axes: Axes, scene: Scene) -> None:
    pixels = array(scene.pixels)
    rows, columns = pixels.shape
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=1, extent=(0, columns, rows, 0))
    axes.set(xlim=(0, columns), ylim=(rows, 0), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    rectangle: Any = need("matplotlib.patches").Rectangle
    for left, top, right, bottom in array(scene.missed).reshape(-1, 4):
        size = (right - left, bottom - top)
        axes.add_patch(rectangle((left, top), *size, fc="none", ec=MISSED, lw=1.3, ls="--"))
    boxes, scores = array(scene.boxes).reshape(-1, 4), array(scene.scores)
    for box, score, good in zip(boxes, scores, np.asarray(scene.right), strict=True):
        left, top, right, bottom = box
        colour = RIGHT if good else WRONG
        size = (right - left, bottom - top)
        axes.add_patch(rectangle((left, top), *size, fc="none", ec=colour, lw=1.3))
        axes.text(
            left + 0.5,
            max(top - 1, 5),
            f"{score:.3f}",
            fontsize=5.5,
            color="white",
            va="bottom",
            bbox={"facecolor": colour, "edgecolor": "none", "pad": 0.6},
        )
