"""Charts of final results: confusion matrices, and methods with error bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.errors import UsageError
from harmonium.extras import need
from harmonium.report.style import INK, MUTED, PALETTE, RULE, WIDTH, array, chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike, NDArray

__all__ = ["bars", "confusion"]


def confusion(matrix: ArrayLike, classes: Sequence[object], *, title: str = "") -> Figure:
    """Draws counts (K, K) of true class (row) against predicted class (column).

    Colours are fractions of a row: correct predictions in pale blue, errors in orange, scaled so
    that the largest error has the full colour. The last column is the fraction of each class that
    is predicted correctly.

    Raises:
        ValueError: the matrix is not square, has negative values, or does not fit `classes`.
    """
    counts = array(matrix)
    size = len(classes)
    if counts.shape != (size, size) or not size:
        message = f"matrix of shape {counts.shape} for {size} classes: give ({size}, {size})"
        raise UsageError(message)
    if not np.isfinite(counts).all() or counts.min() < 0:
        message = "a confusion matrix holds counts: negative or non-finite values found"
        raise UsageError(message)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-300)
    side = min(max(0.36 * size, 2.4), 9.0)
    figure, axes = chart(side + 1.2, side + 0.9, title=title)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.imshow(_confusion_colours(shares), interpolation="nearest")
    names = [str(name) for name in classes]
    turn = 90 if max(map(len, names)) > 3 else 0
    axes.set_xticks(range(size), names, rotation=turn, parse_math=False)
    axes.set_yticks(range(size), names, parse_math=False)
    axes.set(xlabel="predicted", ylabel="true")
    axes.tick_params(length=0, labelsize=_cell_size(size) + 0.5)
    axes.set_xticks(np.arange(1, size) - 0.5, minor=True)
    axes.set_yticks(np.arange(1, size) - 0.5, minor=True)
    axes.grid(which="minor", color=RULE, linewidth=0.6)
    axes.tick_params(which="minor", length=0)
    _annotate(axes, counts, shares=shares)
    return figure


def bars(
    table: Mapping[str, Sequence[float]],
    *,
    x_label: str = "accuracy",
    title: str = "",
    spec: str = ".3f",
    from_zero: bool = True,
) -> Figure:
    """Draws methods from top to bottom in the given order, each with a bar and an error bar.

    A method has (mean, standard deviation), or (mean, lower end, upper end) of an interval. Bars
    start at zero; `from_zero=False` draws points instead, on a scale that shows differences.

    Raises:
        ValueError: there are no methods, or values are not all pairs or all triples.
    """
    if not table or {len(values) for values in table.values()} not in ({2}, {3}):
        message = f"bars need name -> (mean, s.d.) or (mean, low, high), found {dict(table)}"
        raise UsageError(message)
    values = array([tuple(entry) for entry in table.values()])
    rows, means = np.arange(len(values)), values[:, 0]
    ends = values[:, 1:].T if values.shape[1] == 3 else means + [[-1], [1]] * values[:, 1]
    figure, axes = chart(WIDTH, 0.34 * len(values) + 0.8, title=title)
    whisker: dict[str, Any] = {"ecolor": INK, "elinewidth": 1.1, "capsize": 3, "capthick": 1.1}
    if from_zero:
        axes.barh(rows, means, height=0.62, color=PALETTE[0], alpha=0.75)
        axes.axvline(0, color="#9aa5b1", linewidth=0.8)
    else:
        axes.hlines(rows, 0, 1, color=RULE, linewidth=0.6, transform=axes.get_yaxis_transform())
    point = "none" if from_zero else "o"
    axes.errorbar(
        means, rows, xerr=abs(ends - means), fmt=point, color=PALETTE[0], ms=5, **whisker
    )
    for row, entry in enumerate(values):
        axes.annotate(
            _told(entry, spec),
            (1, row),
            xycoords=axes.get_yaxis_transform(),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=INK,
        )
    axes.xaxis.set_major_locator(need("matplotlib.ticker").MaxNLocator(nbins=5))
    axes.set_yticks(rows, [str(name) for name in table], color=INK, parse_math=False)
    axes.set(xlabel=x_label, ylim=(len(values) - 0.4, -0.6))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    return figure


def _told(entry: NDArray[np.float64], spec: str) -> str:
    """Text of a mean with its standard deviation or interval."""
    if len(entry) == 2:
        return f"{entry[0]:{spec}} ± {entry[1]:{spec}}"
    return f"{entry[0]:{spec}} ({entry[1]:{spec}} to {entry[2]:{spec}})"


def _confusion_colours(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours (K, K, 4) of fractions of rows (K, K): white at zero."""
    maps, right = need("matplotlib").colormaps, np.eye(len(shares), dtype=bool)
    errors = np.where(right, 0.0, shares)
    errors = errors / max(errors.max(), 1e-300)
    colours = np.where(
        right[..., None], maps["Blues"](0.4 * shares), maps["Oranges"](errors * 0.6)
    )
    colours[shares == 0] = 1.0
    return colours


def _cell_size(size: int) -> float:
    return float(np.clip(8.5 - 0.1 * (size - 10), 4.0, 8.5))


def _annotate(axes: Axes, counts: NDArray[np.float64], *, shares: NDArray[np.float64]) -> None:
    size = len(counts)
    text: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": _cell_size(size)}
    for row, column in np.argwhere(counts > 0):
        weight = "normal" if row == column else "bold"
        axes.text(column, row, f"{counts[row, column]:g}", **text, color=INK, fontweight=weight)
    for row in range(size):
        if counts[row].sum():
            axes.text(size, row, f"{shares[row, row]:.0%}", **text, color=MUTED, clip_on=False)
    axes.text(size, -0.6, "found", **{**text, "va": "bottom"}, color=MUTED, clip_on=False)
