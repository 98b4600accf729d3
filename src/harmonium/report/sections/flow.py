"""Gradients of every layer of a net while it learned, and units that get none."""

from __future__ import annotations

from typing import Any

from harmonium.report.evidence import Evidence
from harmonium.report.layers import by_layer
from harmonium.report.lines import curves
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table
from harmonium.runs.words import stage_name

__all__ = ["ENTRY", "section"]

_TITLE = "Gradients by layer"
_PREFIX = "gradient/"


def section(evidence: Evidence) -> Section | str:
    """Section with the norms of the gradients by layer, for every stage that measured them."""
    stages: dict[str, list[dict[str, Any]]] = {}
    for row in evidence.metrics:
        if row.get("trial", 0) == evidence.trial and any(k.startswith(_PREFIX) for k in row):
            stages.setdefault(str(row["stage"]), []).append(row)
    if not stages:
        return "no stage of this run trains the layers of a net by gradient descent"
    pictures = [picture for name, rows in stages.items() for picture in _pictures(name, rows)]
    table = Table(
        columns=["stage", "epoch", *_FIGURES],
        rows=[_row(name, row) for name, rows in stages.items() for row in _ends(rows)],
        specs={"first to last": ".2e", "active share": ".1%", "saturated share": ".1%"},
        caption="First to last: norm of the gradient of the first layer, relative to that of the "
        "last layer; far below 1 it vanishes, far above it explodes. Dead units: hidden units "
        "through which no gradient passes on any of the rows measured; other rows may wake them. "
        "Active share: hidden values above 0. Saturated share: hidden values in the flat parts "
        "of a bounded activation.",
    )
    return Section(_TITLE, [*pictures, table])


_FIGURES = {
    "first to last": "flow/gradient_ratio",
    "dead units": "flow/dead_units",
    "active share": "flow/active_share",
    "saturated share": "flow/saturated_share",
}
"""Column -> figure in the metrics."""


def _pictures(stage: str, rows: list[dict[str, Any]]) -> list[Picture]:
    """Bars of the last look, and lines over the epochs if there are several looks."""
    last = rows[-1]
    layers = [key.removeprefix(_PREFIX) for key in last if key.startswith(_PREFIX)]
    norms = [float(last[_PREFIX + name] or 0) for name in layers]
    name = stage_name(stage)
    label = "norm of the gradient"
    when = f"after epoch {last['epoch']}"
    values = ", ".join(f"{n} {v:.2e}" for n, v in zip(layers, norms, strict=True))
    bars = Picture(
        by_layer({name: norms}, layers, y_label=label, title=f"{name}, {when}"),
        alt=f"{name}, {when}, norm of the gradient by layer: {values}.",
        caption=f"Norm of the gradient of every layer's weights {when}, on training rows.",
    )
    if len(rows) == 1:
        return [bars]
    epochs = [row["epoch"] for row in rows]
    lines = {n: [float(row.get(_PREFIX + n) or "nan") for row in rows] for n in layers}
    picture = curves(
        lines, steps=dict.fromkeys(layers, epochs), y_label=label, title=name, log_y=True
    )
    through = Picture(
        picture,
        alt=f"{name}: norm of the gradient of every layer by epoch, from epoch {epochs[0]} to "
        f"{epochs[-1]}.",
        caption="The same norms by epoch, at the epochs that were measured.",
    )
    return [bars, through]


def _ends(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return rows if len(rows) == 1 else [rows[0], rows[-1]]


def _row(stage: str, row: dict[str, Any]) -> list[object]:
    figures = [row.get(key) for key in _FIGURES.values()]
    dead = figures[1]
    figures[1] = None if dead is None else int(dead)
    return [stage_name(stage), row["epoch"], *figures]


ENTRY = Entry(_TITLE, section)
