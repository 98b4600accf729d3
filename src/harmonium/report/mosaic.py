"""Many small images on one sheet, with every image pixel a whole number of device pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harmonium.errors import UsageError
from harmonium.extras import need
from harmonium.report.style import DPI, INK, MUTED, array, blank, heading

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Sheet", "as_tiles", "hang", "plan"]

_WIDEST, _LARGEST = 1016, 180
_TITLE, _MARGIN, _GAP = 60, 6, 8


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Positions of the tiles of a grid, row by row, in device pixels from the top left."""

    count: int
    columns: int
    tile: tuple[int, int]
    gap: int = _GAP
    strip: int = 0
    group: int = 1

    @property
    def rows(self) -> int:
        """Number of rows of tiles."""
        return math.ceil(self.count / self.columns)

    @property
    def width(self) -> int:
        """Device pixels from the first tile's left edge to the last one's right edge."""
        return self.columns * (self.tile[1] + self.gap) - self.gap

    @property
    def height(self) -> int:
        """Device pixels from the first row's top to the last row's bottom, strip included."""
        return self._top(self.rows - 1) + self.tile[0] + self.strip

    def corner(self, index: int) -> tuple[int, int]:
        """Left and top edge of one tile.

        >>> Sheet(count=4, columns=2, tile=(10, 20), gap=4).corner(3)
        (24, 14)
        """
        row, column = divmod(index, self.columns)
        return column * (self.tile[1] + self.gap), self._top(row)

    def _top(self, row: int) -> int:
        extra = 2 * self.gap if self.group > 1 else 0
        return row * (self.tile[0] + self.strip + self.gap) + row // self.group * extra


def as_tiles(rows: ArrayLike, shape: Sequence[int]) -> NDArray[np.float64]:
    """Flat rows as images: (N, D) -> (N, height, width), or (N, height, width, 3) for colour.

    `shape` is (height, width), (1, height, width) or (3, height, width).

    Raises:
        ValueError: there are no rows, values are not finite, or the shape does not fit them.
    """
    flat, shape = array(rows), tuple(int(side) for side in shape)
    if len(shape) not in (2, 3) or (len(shape) == 3 and shape[0] not in (1, 3)):
        message = f"image shape {shape}: give (height, width) or (channels, height, width), 1 or 3"
        raise UsageError(message)
    if flat.ndim < 2 or not len(flat) or flat[0].size != math.prod(shape):
        message = (
            f"rows of shape {flat.shape} do not hold images of shape {shape}: "
            f"give (count, {math.prod(shape)})"
        )
        raise UsageError(message)
    if not np.isfinite(flat).all():
        message = f"{int((~np.isfinite(flat)).sum())} pixel values are not finite: did it diverge?"
        raise UsageError(message)
    tiles = flat.reshape(len(flat), *shape)
    if len(shape) == 2:
        return tiles
    return tiles[:, 0] if shape[0] == 1 else tiles.transpose(0, 2, 3, 1)


def plan(
    tiles: NDArray[np.float64], *, columns: int, strip: int = 0, group: int = 1, beside: int = 0
) -> Sheet:
    """Plans the largest sheet that fits the column of a page, with tiles in whole multiples.

    `beside` device pixels of the column's width and `strip` below each tile stay free; `group`
    rows belong together.
    """
    if columns < 1:
        message = f"columns={columns}: a grid needs at least one"
        raise UsageError(message)
    columns = min(columns, len(tiles))
    height, width = tiles.shape[1:3]
    scale = ((_WIDEST - beside - 2 * _MARGIN + _GAP) / columns - _GAP) / width
    scale = min(scale, _LARGEST / max(height, width))
    if scale >= 1:
        scale = math.floor(scale)
    tile = max(1, round(height * scale)), max(1, round(width * scale))
    return Sheet(count=len(tiles), columns=columns, tile=tile, strip=strip, group=group)


def hang(
    tiles: NDArray[np.float64],
    sheet: Sheet,
    *,
    paint: dict[str, Any],
    title: str = "",
    labels: Sequence[object] | None = None,
    margins: tuple[int, int] = (0, 0),
) -> Axes:
    """Draws the tiles in one pair of axes whose data coordinates are device pixels.

    `paint` is passed to every `imshow`; `margins` are free pixels left of the sheet and below it.
    A tile of NaNs stays empty.

    Raises:
        ValueError: the number of `labels` differs from that of tiles.
    """
    if labels is not None and len(labels) != len(tiles):
        message = f"{len(labels)} labels for {len(tiles)} images: give one for each"
        raise UsageError(message)
    left, below = (margin + _MARGIN for margin in margins)
    top = _MARGIN + (_TITLE if title else 0)
    size = max(left + sheet.width + _MARGIN, 640 if title else 0), top + sheet.height + below
    figure = blank(*((side + 0.01) / DPI for side in size))
    place = (left / size[0], below / size[1], sheet.width / size[0], sheet.height / size[1])
    axes = figure.add_axes(place, frame_on=False)
    for index, tile in enumerate(tiles):
        if np.isnan(tile).all():
            continue
        _hang_one(axes, tile, sheet=sheet, index=index, paint=paint)
        if labels is not None:
            x, y = sheet.corner(index)
            middle, under = x + sheet.tile[1] / 2, y + sheet.tile[0] + 5
            text: dict[str, Any] = {"ha": "center", "va": "top", "parse_math": False}
            axes.text(middle, under, str(labels[index]), **text, fontsize=6.5, color=MUTED)
    axes.set(xlim=(0, sheet.width), ylim=(sheet.height, 0), xticks=[], yticks=[])
    if title:
        at = (_MARGIN / size[0], 1 - (_MARGIN + 4) / size[1])
        figure.text(*at, title, va="top", **heading())
    return axes


def _hang_one(
    axes: Axes, tile: NDArray[np.float64], *, sheet: Sheet, index: int, paint: dict[str, Any]
) -> None:
    (x, y), (height, width) = sheet.corner(index), sheet.tile
    crisp = "nearest" if height >= tile.shape[0] else "antialiased"
    extent = (x, x + width, y + height, y)
    axes.imshow(tile, extent=extent, interpolation=crisp, aspect="auto", **paint)
    border = need("matplotlib.patches").Rectangle(
        (x, y), width, height, fill=False, edgecolor=INK, linewidth=0.4, alpha=0.35, clip_on=False
    )
    axes.add_patch(border)
