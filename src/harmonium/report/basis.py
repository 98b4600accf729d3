"""Hidden units as a basis: an image as a weighted sum of filters, and filters over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from harmonium.errors import UsageError
from harmonium.report.mosaic import as_tiles, hang, plan
from harmonium.report.style import MUTED, array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

__all__ = ["growth", "weighted_sum"]

_NAMES, _SIDE = 190, 70
_TERMS, _COUNTS = 5, (5, 10, 20, 40)


def weighted_sum(
    image: ArrayLike,
    activities: ArrayLike,
    *,
    filters: ArrayLike,
    offset: ArrayLike,
    shape: Sequence[int],
    title: str = "",
) -> Figure:
    """Draws an image with the terms that add up to it: an offset, and filters times activities.

    The first row shows the offset, the five largest terms of b + sum_j h_j w_j with their factors,
    and the rest, signed, on the scale of those terms. The second row shows what logistic units
    make of the sum of the first 0, 5, 10, 20, 40 and all terms, and the image.

    Give activities minus their mean over the data, and the field of the mean activities as the
    offset: what all images share is then a single term.

    Args:
        image: (D,), in [0, 1].
        activities: h, (H,).
        filters: w, (H, D).
        offset: b, (D,).
        shape: of the image, (height, width).
        title: of the picture.

    Raises:
        ValueError: sizes do not fit.
    """
    h, w, b = array(activities), array(filters), array(offset)
    if w.shape != (h.size, b.size) or array(image).size != b.size:
        message = (
            f"{h.size} activities, filters {w.shape}, offset {b.shape}, image of "
            f"{array(image).size} pixels: give (H,), (H, D), (D,), (D,)"
        )
        raise UsageError(message)
    terms = np.concatenate([b[None], h[:, None] * w])
    order = 1 + np.argsort(-np.linalg.norm(terms[1:], axis=1), kind="stable")
    sums = np.cumsum(terms[[0, *order]], axis=0)
    top = order[:_TERMS]
    upper = [*terms[[0, *top]], terms[order[_TERMS:]].sum(axis=0)]
    after = [min(n, len(order)) for n in (0, *_COUNTS, len(order))]
    lower = [*(1 / (1 + np.exp(-sums[n])) for n in after), array(image).ravel()]
    tiles = as_tiles(np.stack([*upper, *lower]), shape)
    words = ["offset", *[f"{h[j - 1]:+.2f} × {j - 1}" for j in top]]
    words += [f"{max(len(order) - _TERMS, 0)} others"]
    words += ["offset", *[f"first {n}" for n in after[1:-1]], "all", "image"]
    sheet = plan(tiles, columns=len(lower), strip=24, beside=_SIDE)
    limit = float(np.percentile(np.abs(terms[top]), 99.5)) or 1.0
    signed = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
    axes = hang(tiles, sheet, paint={}, title=title, labels=words, margins=(_SIDE, 0))
    for number, picture in enumerate(axes.images):
        paint = signed if number < len(upper) else {"cmap": "gray", "vmin": 0.0, "vmax": 1.0}
        picture.set(cmap=paint["cmap"], clim=(paint["vmin"], paint["vmax"]))
    _beside(axes, ["terms", "sum"], sheet=sheet)
    return cast("Figure", axes.figure)


def growth(
    snapshots: Mapping[str, ArrayLike], shape: Sequence[int], *, title: str = "", word: str = ""
) -> Figure:
    """Draws the same filters (K, D) at several times, one row each, on one signed scale.

    `word` precedes the names of the times ("epoch").

    Raises:
        ValueError: there are no snapshots, numbers of filters differ, or rows do not fit `shape`.
    """
    parts = [as_tiles(values, shape) for values in snapshots.values()]
    if len({part.shape for part in parts}) != 1:
        message = f"snapshots of shapes {[part.shape for part in parts]}: give the same filters"
        raise UsageError(message)
    tiles = np.concatenate(parts)
    limit = float(np.percentile(np.abs(tiles), 99.5)) or 1.0
    sheet = plan(tiles, columns=len(parts[0]), beside=_NAMES)
    paint = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
    axes = hang(tiles, sheet, paint=paint, title=title, margins=(_NAMES, 0))
    _beside(axes, [f"{word} {name}".strip() for name in snapshots], sheet=sheet)
    return cast("Figure", axes.figure)


def _beside(axes: Axes, names: Sequence[str], *, sheet: Any) -> None:  # noqa: ANN401
    for row, name in enumerate(names):
        middle = sheet.corner(row * sheet.columns)[1] + sheet.tile[0] / 2
        style: dict[str, Any] = {"ha": "right", "va": "center", "fontsize": 7.5, "color": MUTED}
        axes.text(-12, middle, name, parse_math=False, **style)
