"""Pictures of pixels: filters, images, reconstructions, strips.

Every function returns a new `matplotlib.figure.Figure` and changes no global state.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from harmonium.errors import UsageError
from harmonium.report.mosaic import as_tiles, hang, plan
from harmonium.report.style import INK, MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["filters", "images", "reconstructions", "strips"]

_GREY = {"cmap": "gray", "vmin": 0.0, "vmax": 1.0}
_WORDS, _NAMES, _SCALE = 92, 150, 68


def filters(
    weights: ArrayLike, shape: Sequence[int], *, count: int = 100, title: str = ""
) -> Figure:
    """Draws signed filters (H, D), the largest norm first, all on one symmetric scale.

    Zero is white; for colour filters, (3, height, width), it is grey in every channel. The scale
    ends at the 99th percentile of |w| over the filters shown. The number under a filter is its row
    in `weights`.

    Raises:
        ValueError: rows do not fit `shape`, or values are not finite.
    """
    tiles = as_tiles(weights, shape)
    if count < 1:
        message = f"count={count}: show at least one filter"
        raise UsageError(message)
    norms = np.linalg.norm(tiles.reshape(len(tiles), -1), axis=1)
    order = np.argsort(-norms, kind="stable")[:count]
    tiles = tiles[order]
    limit = float(np.percentile(np.abs(tiles), 99)) or float(np.abs(tiles).max()) or 1.0
    sheet = plan(tiles, columns=math.ceil(math.sqrt(len(tiles))), strip=18)
    paint = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
    if tiles.ndim == 4:  # imshow draws colours unchanged
        scaled = (0.5 + 0.5 * tiles / limit).clip(0, 1)
        return _owner(hang(scaled, sheet, paint={}, title=title, labels=order.tolist()))
    axes = hang(tiles, sheet, paint=paint, title=title, labels=order.tolist(), margins=(0, _SCALE))
    _add_scale(axes, limit=limit, clipped=bool(np.abs(tiles).max() > limit))
    return _owner(axes)


def images(
    rows: ArrayLike,
    shape: Sequence[int],
    *,
    columns: int | None = None,
    title: str = "",
    labels: Sequence[object] | None = None,
) -> Figure:
    """Draws images (N, D) with values in [0, 1] in a grid, in the given order; 0 is black.

    Raises:
        ValueError: rows do not fit `shape`, values lie outside [0, 1], or there are too few
            labels.
    """
    tiles = _unit_tiles(rows, shape)
    columns = columns or min(10, math.ceil(math.sqrt(len(tiles))))
    sheet = plan(tiles, columns=columns, strip=0 if labels is None else 24)
    axes = hang(tiles, sheet, paint=_GREY, title=title, labels=labels)
    return _owner(axes)


def reconstructions(
    originals: ArrayLike,
    reconstructed: ArrayLike,
    *,
    shape: Sequence[int],
    columns: int = 10,
    title: str = "",
) -> Figure:
    """Draws originals (N, D) with their reconstructions (N, D) below them, in pairs, in [0, 1].

    Raises:
        ValueError: their numbers differ, or as in `images`.
    """
    upper, lower = _unit_tiles(originals, shape), _unit_tiles(reconstructed, shape)
    if upper.shape != lower.shape:
        message = f"{len(upper)} originals but {len(lower)} reconstructions: give pairs"
        raise UsageError(message)
    sheet = plan(upper, columns=columns, group=2, beside=_WORDS)
    blank = np.full((-len(upper) % sheet.columns, *upper.shape[1:]), np.nan)
    halves = [np.concatenate([half, blank]) for half in (upper, lower)]
    paired = np.stack([half.reshape(-1, sheet.columns, *upper.shape[1:]) for half in halves], 1)
    tiles = paired.reshape(-1, *upper.shape[1:])
    sheet = replace(sheet, count=len(tiles))
    axes = hang(tiles, sheet, paint=_GREY, title=title, margins=(_WORDS, 0))
    for row in range(sheet.rows):
        middle = sheet.corner(row * sheet.columns)[1] + sheet.tile[0] / 2
        word = ("data", "model")[row % 2]
        axes.text(-10, middle, word, ha="right", va="center", fontsize=7.5, color=MUTED)
    return _owner(axes)


def strips(
    rows: Mapping[str, ArrayLike], shape: Sequence[int], *, title: str = "", word: str = ""
) -> Figure:
    """Draws each named strip (N, D), values in [0, 1], as a row of images, the names on the left.

    `word` is written above the names ("epoch"). Every strip has the length of the shortest.

    Raises:
        ValueError: there are no strips, or rows do not fit `shape`.
    """
    if not rows:
        message = "strips need at least one row of images"
        raise UsageError(message)
    tiles = {name: as_tiles(values, shape).clip(0, 1) for name, values in rows.items()}
    columns = min(map(len, tiles.values()))
    together = np.concatenate([part[:columns] for part in tiles.values()])
    sheet = plan(together, columns=columns, beside=_NAMES)
    axes = hang(together, sheet, paint=_GREY, title=title, margins=(_NAMES, 0))
    for row, name in enumerate(tiles):
        middle = sheet.corner(row * sheet.columns)[1] + sheet.tile[0] / 2
        text = f"{word} {name}".strip()
        axes.text(
            -12, middle, text, ha="right", va="center", fontsize=7.5, color=MUTED, parse_math=False
        )
    return _owner(axes)


def _unit_tiles(rows: ArrayLike, shape: Sequence[int]) -> NDArray[np.float64]:
    tiles = as_tiles(rows, shape)
    low, high = float(tiles.min()), float(tiles.max())
    if low < -1e-3 or high > 1 + 1e-3:
        message = (
            f"pixel values range from {low:.3g} to {high:.3g}; a grey image needs [0, 1]: "
            "scale or clip them"
        )
        raise UsageError(message)
    return tiles.clip(0, 1)


def _owner(axes: Axes) -> Figure:
    figure = axes.figure
    assert figure is not None
    return cast("Figure", figure)


def _add_scale(axes: Axes, *, limit: float, clipped: bool) -> None:
    """Adds a colour bar below the sheet, on the left."""
    figure, place = _owner(axes), axes.get_position()
    width, height = figure.get_size_inches()
    corner = (place.x0 + 0.15 / width, place.y0 - 0.17 / height)
    beside = figure.add_axes((*corner, 1.8 / width, 0.07 / height))
    bar = figure.colorbar(
        axes.images[0],
        cax=beside,
        orientation="horizontal",
        extend="both" if clipped else "neither",
    )
    bar.set_ticks([-limit, 0.0, limit], labels=[f"\N{MINUS SIGN}{limit:.3g}", "0", f"{limit:.3g}"])
    bar.ax.tick_params(labelsize=7, length=2, width=0.6, colors=MUTED)
    bar.outline.set(linewidth=0.4, edgecolor=INK)
