"""A self-organising map: its prototypes, how far neighbours are apart, and its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.report.evidence import Evidence
from harmonium.report.matrix import heat
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import images
from harmonium.report.sections.entry import Entry
from harmonium.report.unit_map import unit_map

if TYPE_CHECKING:
    from harmonium.data import Examples

__all__ = ["ENTRY", "section"]

_SHOWN = 400
"""Prototypes that are drawn as pictures, at most."""


def section(evidence: Evidence) -> Section | None:
    """Section of a self-organising map.

    None for runs without one: the page then does not mention it.
    """
    if not evidence.has("map errors"):
        return None
    net = evidence.able("map errors").net
    return Section("Map of prototypes", [_prototypes(evidence, net), _distances(evidence, net)])


def _prototypes(evidence: Evidence, net: Any) -> Picture:  # noqa: ANN401
    rows, columns = net.grid_shape
    prototypes = net.weight.detach()
    if evidence.image is not None and len(prototypes) <= _SHOWN:
        figure = images(
            evidence.seen(prototypes), evidence.image, columns=columns, title="prototypes"
        )
        shifted = "; every second row of the map lies half a step to the right"
        return Picture(
            figure,
            alt=f"Prototypes of {rows} x {columns} units as pictures, at their places",
            caption=f"The prototype of every unit, at its place on the map of {rows} rows and "
            f"{columns} columns{shifted if net.settings['grid'] == 'hexagonal' else ''}.",
        )
    names = (evidence.data.features if evidence.data else ()) or range(prototypes.shape[1])
    figure = heat(
        prototypes, signed=True, x_label="feature", y_label="unit, row by row", columns=names,
        title="prototypes",
    )  # fmt: skip
    return Picture(
        figure,
        alt=f"Prototypes of {rows} x {columns} units, a line for each",
        caption=f"The prototype of every unit, row by row of the map of {rows} rows and "
        f"{columns} columns.",
    )


def _distances(evidence: Evidence, net: Any) -> Picture:  # noqa: ANN401
    words, told = _words(evidence, net)
    figure = unit_map(
        net.places,
        net.gaps(),
        words=words,
        hexagonal=net.settings["grid"] == "hexagonal",
        title="distance from neighbours",
        scale="mean distance of the prototypes",
    )
    return Picture(
        figure,
        alt=f"Map of {len(net.weight)} units by the distance of their prototypes from neighbours",
        caption="A dark unit differs from its neighbours on the map: dark lines are borders "
        f"between groups of rows (the U-matrix of Ultsch and Siemon, 1990).{told}",
    )


def _words(evidence: Evidence, net: Any) -> tuple[list[str], str]:  # noqa: ANN401
    """The class that most training rows of every unit have, and a sentence about it."""
    import torch

    classes = [str(name) for name in evidence.classes()]
    rows: Examples | None = None if evidence.data is None else evidence.data.train.labelled()
    if rows is None or rows.labels is None or not classes or max(map(len, classes)) > 2:
        return [], ""
    winners = torch.cat([net.winners(b["x"]) for b in rows.flattened().batches(10_000)])
    counts = torch.zeros((len(net.weight), len(classes)), dtype=torch.int64)
    counts.index_put_((winners, rows.labels), torch.ones_like(winners), accumulate=True)
    most, label = counts.max(1)
    words = [classes[k] if n else "" for k, n in zip(label.tolist(), most.tolist(), strict=True)]
    return words, " A unit is named by the class that most of its training rows have."


ENTRY = Entry("Map of prototypes", section)
