"""A page that prints backpropagation through a small net: every value, error and gradient."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from harmonium.errors import UsageError
from harmonium.report.page import Page, Picture, Section
from harmonium.report.style import INK, PALETTE, blank, heading
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from harmonium.learning.backward import LayerPass, Loss

__all__ = ["backward_page", "diagram"]

_UNITS, _LABELS = 8, 12
"""Most units of a layer on a page, and most weights of a layer with numbers in the picture."""

_LAST: dict[str, str] = {
    "squared_error": "(y − t) f′(z)",
    "bernoulli": "y − t",
    "cross_entropy": "y − t",
}
"""Loss -> formula of the error of an output unit."""

_HIGH, _LOW = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"), str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def backward_page(
    layers: Sequence[LayerPass], *, t: Sequence[float], loss: Loss, title: str = "Backpropagation"
) -> Page:
    r"""Makes a page with both passes through a small net, with the numbers in the formulas.

    The weight :math:`w_{ij}^{(n)}` leads from unit i of layer n - 1 to unit j of layer n; torch
    stores it as ``weight[j, i]``.

    Args:
        layers: from ``learning.backward.passes`` for one row; units have up to 8 neighbours.
        t: the targets of the row, one for each output.
        loss: the loss of these passes.
        title: heading of the page.

    Raises:
        ValueError: there are several rows, or a layer has too many units for a page.
    """
    _check(layers)
    last = layers[-1]
    error = ", ".join(f"{value:.6g}" for value in last.delta[0].tolist())
    return Page(
        title=title,
        verdict=f"Values go up through {len(layers)} layers, errors come back down.",
        subtitle=f"loss: {loss.replace('_', ' ')}",
        facts={
            "outputs": ", ".join(f"{value:.6g}" for value in last.y[0].tolist()),
            "targets": ", ".join(f"{value:.6g}" for value in t),
            "errors δ of the outputs": error,
        },
        sections=[
            Section("The net", [_picture(layers)]),
            Section("Forward pass", [_FORWARD, *_forward(layers)]),
            Section("Backward pass", [_BACKWARD, *_backward(layers, t, loss=loss)]),
            Section("Gradients", [_GRADIENTS, *_gradients(layers)]),
        ],
    )


_FORWARD = (
    "From the first layer to the last: the weighted sum of a unit, z_j = b_j + Σ_i w_ij y_i with "
    "the values y_i of the layer below, and its output y_j = f(z_j). Layer 0 is the row itself."
)
_BACKWARD = (
    "From the last layer to the first: δ_j is the derivative of the loss by z_j. A hidden unit "
    "collects the errors of the units that it feeds, δ_j = f′(z_j) Σ_k w_jk δ_k, where weights "
    "and errors are those of the layer above."
)
_GRADIENTS = (
    "The derivative of the loss by a weight is the product of the value at its start and the "
    "error at its end, y_i δ_j. The weight w_ij leads from unit i to unit j; torch stores it as "
    "weight[j, i]. A bias has the value 1 at its start."
)


def _check(layers: Sequence[LayerPass]) -> None:
    if not layers or {len(layer.z) for layer in layers} != {1}:
        message = "a page prints the passes of one row: give passes(net, x[:1], ...)"
        raise UsageError(message)
    most = max(max(layer.weight.shape) for layer in layers)
    if most > _UNITS:
        message = f"a layer has {most} units: a page prints layers of up to {_UNITS}"
        raise UsageError(message)


# --- tables ----------------------------------------------------------------------------------


def _forward(layers: Sequence[LayerPass]) -> list[Table]:
    tables = []
    for n, layer in enumerate(layers, 1):
        rows = []
        for j, weights in enumerate(layer.weight.tolist()):
            bias = [] if layer.bias is None else [_short(float(layer.bias[j]), ".4g")]
            values = layer.inputs[0].tolist()
            terms = [f"{_n(w)} · {_n(x)}" for w, x in zip(weights, values, strict=True)]
            z, y = float(layer.z[0, j]), float(layer.y[0, j])
            rows.append([str(j + 1), " + ".join([*bias, *terms]), z, y])
        names = ["unit j", f"b + Σ w y{_layer(n - 1)}", f"z{_layer(n)}", f"y{_layer(n)}"]
        tables.append(_table(names, rows, caption=f"Layer {n}"))
    return tables


def _backward(layers: Sequence[LayerPass], t: Sequence[float], *, loss: Loss) -> list[Table]:
    tables = []
    for n in range(len(layers), 0, -1):
        layer, rows = layers[n - 1], []
        for j, (y, slope) in enumerate(
            zip(layer.y[0].tolist(), layer.slope[0].tolist(), strict=True)
        ):
            if n == len(layers):
                sum_of_errors, formula = f"{y:.4g} − {t[j]:.4g}", _LAST[loss]
            else:
                above = layers[n]
                pairs = zip(above.weight[:, j].tolist(), above.delta[0].tolist(), strict=True)
                sum_of_errors = " + ".join(f"{_n(w)} · {_n(d)}" for w, d in pairs)
                formula = f"f′(z) Σ w δ{_layer(n + 1)}"
            rows.append([str(j + 1), sum_of_errors, slope, float(layer.delta[0, j])])
        first = "y − t" if n == len(layers) else f"Σ w δ{_layer(n + 1)}"
        names = ["unit j", first, "f′(z)", f"δ{_layer(n)} = {formula}"]
        if n == len(layers) and loss != "squared_error":
            rows, names = [[r[0], r[1], r[3]] for r in rows], [names[0], names[1], names[3]]
        tables.append(_table(names, rows, caption=f"Layer {n}"))
    return tables


def _gradients(layers: Sequence[LayerPass]) -> list[Table]:
    tables = []
    for n, layer in enumerate(layers, 1):
        outputs, inputs = layer.weight.shape
        rows = [
            [
                f"w{i + 1},{j + 1}".translate(_LOW),
                float(layer.weight[j, i]),
                float(layer.inputs[0, i]),
                float(layer.delta[0, j]),
                float(layer.gradient[j, i]) + 0.0,  # never -0
            ]
            for j in range(outputs)
            for i in range(inputs)
        ]
        if layer.bias is not None and layer.bias_gradient is not None:
            for j in range(outputs):
                name, delta = f"b{j + 1}".translate(_LOW), float(layer.delta[0, j])
                rows.append(
                    [name, float(layer.bias[j]), 1.0, delta, float(layer.bias_gradient[j])]
                )
        names = ["weight", "value", f"y{_layer(n - 1)}", f"δ{_layer(n)}", "derivative"]
        tables.append(_table(names, rows, caption=f"Layer {n}"))
    return tables


def _table(names: list[str], rows: list[list[object]], *, caption: str) -> Table:
    numbers = [name for name, cell in zip(names, rows[0], strict=True) if isinstance(cell, float)]
    return Table(columns=names, rows=rows, caption=caption, specs=dict.fromkeys(numbers, ".6g"))


def _layer(n: int) -> str:
    """The superscript of a layer, such as ⁽²⁾."""
    return f"⁽{n}⁾".translate(_HIGH)


def _n(value: float) -> str:
    """A factor in a formula; a negative one stands in brackets."""
    return f"{value:.4g}" if value >= 0 else f"(−{-value:.4g})"


# --- picture ---------------------------------------------------------------------------------


def _picture(layers: Sequence[LayerPass]) -> Picture:
    return Picture(
        diagram(layers),
        alt=f"The net with {len(layers)} layers: outputs, errors, weights and their derivatives",
        caption="In the circles, the values y of the forward pass; below them, the errors δ of "
        "the backward pass. At the lines, the weight w and the derivative g of the loss by it. "
        "Thicker lines have larger derivatives; blue ones are positive, orange ones negative.",
    )


def diagram(layers: Sequence[LayerPass]) -> Figure:
    """Draws a small net with its values, errors, weights and gradients for one row.

    Args:
        layers: from ``learning.backward.passes`` for one row.

    Raises:
        ValueError: there are several rows, or a layer has too many units for a picture.
    """
    _check(layers)
    widths = [layers[0].weight.shape[1], *(layer.weight.shape[0] for layer in layers)]
    figure = blank(1.5 * len(widths) + 0.3, max(1.15 * max(widths) + 0.5, 1.6))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set(
        xlim=(-0.55, len(widths) - 0.45), ylim=(-max(widths) / 2 - 0.2, max(widths) / 2 + 0.3)
    )
    places = [[(n, (k - 1) / 2 - j) for j in range(k)] for n, k in enumerate(widths)]
    largest = max(float(layer.gradient.abs().max()) for layer in layers) or 1.0
    for layer, (below, above) in zip(layers, pairwise(places), strict=True):
        _edges(axes, layer, below=below, above=above, largest=largest)
    for n, row in enumerate(places):
        values = layers[0].inputs[0] if n == 0 else layers[n - 1].y[0]
        errors = None if n == 0 else layers[n - 1].delta[0]
        for j, (x, y) in enumerate(row):
            axes.plot(x, y, "o", ms=31, mfc="white", mec=INK, mew=1.1, zorder=3)
            axes.text(x, y, _short(float(values[j])), **_CENTRED, zorder=4, fontsize=8)
            if errors is not None:
                words = f"δ = {_short(float(errors[j]))}"
                axes.text(x, y - 0.32, words, **_CENTRED, zorder=4, fontsize=7)
        name = "row" if n == 0 else f"layer {n}"
        axes.text(n, max(widths) / 2 + 0.12, name, ha="center", **{**heading(), "fontsize": 8})
    return figure


_CENTRED: dict[str, Any] = {"ha": "center", "va": "center", "color": INK}
_PLATE: dict[str, Any] = {"fc": "white", "ec": "none", "pad": 0.8}


def _short(value: float, spec: str = ".3g") -> str:
    """A number with few digits; zero has no sign."""
    return f"{value + 0.0:{spec}}".replace("-", "−")


def _edges(
    axes: Axes,
    layer: LayerPass,
    *,
    below: Sequence[tuple[float, float]],
    above: Sequence[tuple[float, float]],
    largest: float,
) -> None:
    """Lines of one layer's weights, with numbers if there are few."""
    weights, gradients = layer.weight.tolist(), layer.gradient.tolist()
    few = len(below) * len(above) <= _LABELS
    for j, (x1, y1) in enumerate(above):
        for i, (x0, y0) in enumerate(below):
            g = gradients[j][i]
            colour = PALETTE[0] if g > 0 else PALETTE[1] if g < 0 else "#9aa5b1"
            width = 0.8 + 3.0 * np.sqrt(abs(g) / largest)
            axes.plot([x0, x1], [y0, y1], color=colour, lw=width, alpha=0.55, zorder=1)
            if few:
                share = 0.5 if len(below) == 1 or len(above) == 1 else 0.33
                words = f"w = {_short(weights[j][i])}\ng = {_short(g)}"
                place = x0 + share * (x1 - x0), y0 + share * (y1 - y0)
                axes.text(*place, words, **_CENTRED, zorder=2, fontsize=6.5, bbox=_PLATE)
