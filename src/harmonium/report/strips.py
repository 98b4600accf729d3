"""Rows of images with a word beside each: what one thing looked like at several times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from harmonium.report.mosaic import as_tiles, hang, plan
from harmonium.report.style import MUTED

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["strips"]

_BESIDE = 150


def strips(
    rows: Mapping[str, ArrayLike], shape: Sequence[int], *, title: str = "", word: str = ""
) -> Figure:
    """Each named strip (N, D), values in [0, 1], as one row of images; the names on the left.

    `word` stands above the names ("epoch"). Every strip has the length of the shortest.

    Raises:
        ValueError: no strips, or rows that do not fit `shape`.
    """
    if not rows:
        message = "strips need at least one row of images"
        raise ValueError(message)
    tiles = {name: as_tiles(values, shape).clip(0, 1) for name, values in rows.items()}
    columns = min(map(len, tiles.values()))
    together = np.concatenate([part[:columns] for part in tiles.values()])
    sheet = plan(together, columns=columns, beside=_BESIDE)
    paint = {"cmap": "gray", "vmin": 0.0, "vmax": 1.0}
    axes = hang(together, sheet, paint=paint, title=title, margins=(_BESIDE, 0))
    for row, name in enumerate(tiles):
        middle = sheet.corner(row * sheet.columns)[1] + sheet.tile[0] / 2
        text = f"{word} {name}".strip()
        axes.text(
            -12, middle, text, ha="right", va="center", fontsize=7.5, color=MUTED, parse_math=False
        )
    figure = axes.figure
    assert figure is not None
    return figure  # type: ignore[return-value]
