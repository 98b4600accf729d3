"""Weights of every layer: filters of the units, and the size of the weights."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.histograms import histogram
from harmonium.report.matrix import heat
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import filters
from harmonium.report.sections.entry import Entry
from harmonium.runs.words import layer_words

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]


def section(evidence: Evidence) -> Section | str:
    """Section with filters of every hidden layer and histograms of the weights."""
    filters_by_layer = evidence.first("filters").filters()
    filters = [(layer_words(name, filters_by_layer), w) for name, w in filters_by_layer.items()]
    if not filters:
        return "no layer of the model is densely connected with the data"
    count = int((evidence.recipe.get("report") or {}).get("filters") or 64)
    parts: list[str | Picture] = []
    if len(filters) > 1:
        parts.append(
            "A filter shows the weights of a hidden unit as a picture. The filter of a deeper "
            "unit is the product of the weight matrices from the data up to it, which ignores the "
            "nonlinearities in between."
        )
    for name, weights in filters:
        parts.append(_filters(evidence, name, weights=weights, count=count))
    parts.append(_sizes(evidence))
    return Section("Weights", parts)


def _filters(evidence: Evidence, name: str, *, weights: Tensor, count: int) -> Picture:
    shape, shown = evidence.image, min(count, len(weights))
    of = f"{shown} of {len(weights)} units, those with the largest weights first"
    scale = "one colour scale: red is positive, blue negative, white zero"
    if shape is not None and weights.shape[1] == evidence.features():
        colour = len(shape) == 3 and shape[0] == 3
        figure = filters(weights, shape, count=count, title=f"weights, {name}")
        scale = "one scale, on which grey is zero" if colour else scale
        caption = f"{of}, on {scale}. The number below a filter is that of its unit."
        return Picture(figure, alt=f"{name}: signed filters of {of}", caption=caption)
    order = weights.norm(dim=1).argsort(descending=True)[:count]
    names = (evidence.data.features if evidence.data else ()) or range(weights.shape[1])
    figure = heat(
        weights[order],
        signed=True,
        x_label="feature",
        y_label="unit, largest norm first",
        columns=names,
        title=f"weights, {name}",
    )
    caption = f"Weights of {of}. A line is a unit, a column is a feature; {scale}."
    return Picture(figure, alt=f"{name}: signed weights of {of}", caption=caption)


def _sizes(evidence: Evidence) -> Picture:
    model = evidence.first("filters")
    weights = {n: p.detach() for n, p in model.named_parameters() if n.endswith("weight")}
    samples = {_weight_words(n, weights): w.flatten() for n, w in weights.items()}
    figure = histogram(
        samples, x_label="weight", y_label="share of weights", title="sizes of the weights",
        log_y=min(map(len, samples.values())) > 1000,
    )  # fmt: skip
    largest = "; ".join(f"{name}: standard deviation {w.std():.3g}, largest {w.abs().max():.3g}"
                        for name, w in samples.items())  # fmt: skip
    return Picture(figure, alt=f"Histogram of the weights. {largest}", caption=f"{largest}.")


def _weight_words(name: str, names: Collection[str]) -> str:
    """Name of a parameter: its layer, and the groups that it connects if the layer has several.

    >>> stack = [f"machine.layers.{k}.connections.v-h.weight" for k in range(2)]
    >>> [_weight_words(name, stack) for name in stack]
    ['layer 1', 'layer 2']
    >>> net = ["net.h1.weight", "net.outputs.weight"]
    >>> [_weight_words(name, net) for name in net]
    ['layer 1', 'outputs']
    """
    if name.count(".") < 2:
        return "weights"
    place, join, _ = name.rsplit(".", 2)
    layers = [f"layer {int(step) + 1}" for step in place.split(".") if step.isdigit()]
    several = sum(other.startswith(f"{place}.") for other in names) > 1
    words = layer_words(join, (join, "")).replace("-", " to ").replace("_", " ")
    joins = [words] if several or not layers else []
    return ", ".join([*layers, *joins])


ENTRY = Entry("Weights", section, Needs(model=("filters",)))
