"""A picture with its maps in several layers, all drawn in one size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

import numpy as np

from harmonium.report.mosaic import hang, plan
from harmonium.report.style import MUTED

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from torch import Tensor

__all__ = ["liveliest", "map_sheet"]

_MAPS, _NAMES = 9, 150


def liveliest(maps: Tensor, count: int = _MAPS) -> Tensor:
    """Numbers of the maps that vary most over pictures and places, in ascending order.

    Maps that do not vary are left out, unless none varies.

    Args:
        maps: ``(n, maps, rows, columns)``.
        count: the most that are returned.
    """
    spread = maps.movedim(1, 0).flatten(1).std(1, correction=0)
    count = min(count, int((spread > 0).sum()) or count)
    return spread.argsort(descending=True, stable=True)[:count].sort().values


def map_sheet(
    picture: Tensor,
    maps: Mapping[str, Tensor],
    *,
    limits: Mapping[str, tuple[float, float]],
    title: str = "",
) -> Figure:
    """Draws one line for each layer: the picture, then maps of the layer, enlarged to its size.

    Args:
        picture: grey levels in [0, 1], ``(height, width)``.
        maps: words for a layer -> its maps ``(k, rows, columns)``; a type in brackets gets a line
            of its own.
        limits: words for a layer -> the values that are black and white.
        title: of the sheet.
    """
    from torch.nn import functional

    columns = 1 + max(len(h) for h in maps.values())
    tiles = np.full((len(maps), columns, *picture.shape), np.nan)
    tiles[:, 0] = picture.cpu()
    for row, (name, h) in enumerate(maps.items()):
        low, high = limits[name]
        levels = ((h - low) / max(high - low, 1e-12)).clamp(0, 1)
        large = functional.interpolate(levels[None], size=picture.shape, mode="nearest")[0]
        tiles[row, 1 : 1 + len(h)] = large.cpu()
    flat = tiles.reshape(-1, *picture.shape)
    sheet = plan(flat, columns=columns, beside=_NAMES)
    paint = {"cmap": "gray", "vmin": 0.0, "vmax": 1.0}
    axes = hang(flat, sheet, paint=paint, title=title, margins=(_NAMES, 0))
    for row, name in enumerate(maps):
        middle = sheet.corner(row * columns)[1] + sheet.tile[0] / 2
        axes.text(
            -12, middle, name.replace(" (", "\n("), ha="right", va="center", fontsize=7.5,
            color=MUTED, parse_math=False,
        )  # fmt: skip
    return cast("Figure", axes.figure)
