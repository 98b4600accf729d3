"""The units of a map at their places, coloured by a value, each with a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from harmonium.extras import need
from harmonium.report.style import INK, WIDTH, array, chart

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["unit_map"]

_DARK = 0.6
"""Share of the scale above which a cell is so dark that its word is white."""


def unit_map(
    places: ArrayLike,
    values: ArrayLike,
    *,
    words: Sequence[str] = (),
    hexagonal: bool = False,
    title: str = "",
    scale: str = "",
) -> Figure:
    """Draws one cell for each unit; a darker cell has a larger value.

    Args:
        places: of the units, ``(units, 2)``: across, then down.
        values: of the units, ``(units,)``.
        words: a short word in every cell; empty for none.
        hexagonal: whether cells are hexagons instead of squares.
        title: of the picture.
        scale: name of the values, beside the colour bar.
    """
    patches, collections = need("matplotlib.patches"), need("matplotlib.collections")
    xy, shades = array(places), array(values)
    spread = np.ptp(xy, axis=0) + 1
    height = float(np.clip((WIDTH - 1.2) * spread[1] / spread[0] + 0.5, 2.0, 6.0))
    figure, axes = chart(WIDTH, height, title=title)
    if hexagonal:
        cells = [patches.RegularPolygon(p, 6, radius=3**-0.5) for p in xy]
    else:
        cells = [patches.Rectangle(p - 0.5, 1, 1) for p in xy]
    drawn = collections.PatchCollection(cells, cmap="Blues", edgecolor="white", linewidth=0.6)
    least, most = float(shades.min()), float(shades.max())
    drawn.set_array(shades)
    drawn.set_clim(least, most if most > least else least + 1)
    axes.add_collection(drawn)
    size = float(np.clip(110 / max(spread), 4, 9))
    for place, shade, word in zip(xy, shades, words or [""] * len(xy), strict=True):
        colour = "white" if shade - least > _DARK * (most - least) > 0 else INK
        axes.text(place[0], place[1], word, color=colour, fontsize=size, ha="center", va="center",
                  parse_math=False)  # fmt: skip
    low, high = xy.min(0) - 0.6, xy.max(0) + 0.6
    axes.set(xlim=(low[0], high[0]), ylim=(high[1], low[1]), aspect="equal", xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.8)
    bar.set_label(scale, fontsize=8, color=INK)
    bar.ax.tick_params(labelsize=7)
    return figure
