"""A matrix as a picture: filters of data that are not images, activities of many units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.errors import UsageError
from harmonium.extras import need
from harmonium.report.style import INK, MUTED, WIDTH, array, chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage
    from numpy.typing import ArrayLike

__all__ = ["heat"]


def heat(
    matrix: ArrayLike,
    *,
    signed: bool = False,
    x_label: str = "",
    y_label: str = "",
    columns: Sequence[object] | None = None,
    title: str = "",
) -> Figure:
    """Draws one cell per number of (rows, columns); signed values on a scale centred at zero.

    The unsigned scale begins at 0, which is white, and ends at 1; if values are larger, it ends
    at the 99th percentile of the magnitudes, as the signed scale does. An arrow at the end of the
    colour bar means that values lie beyond. `columns` names the columns, if there are few enough
    to read.

    Raises:
        ValueError: the input is not a matrix, or values are not finite.
    """
    values = array(matrix)
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        bad = int((~np.isfinite(values)).sum())
        message = f"a matrix of shape {values.shape}, {bad} values not finite: did it diverge?"
        raise UsageError(message)
    most = float(np.abs(values).max())
    limit = float(np.percentile(np.abs(values), 99)) or most or 1.0
    if not signed and most <= 1:
        limit = 1.0
    paint: dict[str, Any] = (
        {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
        if signed
        else {"cmap": "Blues", "vmin": 0.0, "vmax": limit}
    )
    figure, axes = chart(WIDTH, float(np.clip(0.16 * len(values) + 1.3, 2.2, 5.0)), title=title)
    drawn = axes.imshow(values, aspect="auto", interpolation="nearest", **paint)
    axes.set(xlabel=x_label, ylabel=y_label)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(need("matplotlib.ticker").MaxNLocator(nbins=7, integer=True))
    _label(axes, columns, count=values.shape[1])
    _bar(axes, drawn, extend=("both" if signed else "max") if most > limit else "neither")
    return figure


def _label(axes: Axes, names: Sequence[object] | None, *, count: int) -> None:
    if names is None or count > 24:
        return
    words = [str(name)[:18] for name in names]
    turn = 90 if max(map(len, words), default=0) > 2 else 0
    axes.set_xticks(range(count), words, rotation=turn, fontsize=7, parse_math=False)


def _bar(axes: Axes, drawn: AxesImage, *, extend: str) -> None:
    figure = axes.figure
    assert figure is not None
    bar = figure.colorbar(drawn, ax=axes, fraction=0.04, pad=0.02, extend=extend)
    bar.ax.tick_params(labelsize=7, length=2, width=0.6, colors=MUTED)
    bar.outline.set(linewidth=0.4, edgecolor=INK)
