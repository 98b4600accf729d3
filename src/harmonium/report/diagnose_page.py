"""A page about the gradients and activities of a net, at one or several times of its training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmonium.errors import UsageError
from harmonium.report.histograms import histogram
from harmonium.report.layers import by_layer
from harmonium.report.lines import curves
from harmonium.report.page import Page, Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import Tensor

    from harmonium.learning.flow import Flow
    from harmonium.learning.watch import Finding

__all__ = ["COLUMNS", "Look", "diagnose_page", "layer_rows"]

COLUMNS = (
    "layer",
    "units",
    "activation",
    "gradient",
    "to last",
    "update",
    "slope",
    "mean",
    "active",
    "saturated",
    "dead",
)
"""Columns of the table of layers."""

_IMAGES = 10
"""Images in a row of a picture."""


@dataclass(frozen=True)
class Look:
    """A net at one time of its training.

    Args:
        name: such as "before training" or "after 200 updates".
        updates: number of updates so far; None if it is not known.
        flow: gradients and activities.
        findings: problems, with their remedies.
    """

    name: str
    updates: int | None
    flow: Flow
    findings: Sequence[Finding]


def layer_rows(look: Look) -> list[list[object]]:
    """Rows of the table of layers, with the columns ``COLUMNS``."""
    return [
        [
            x.name,
            x.units,
            x.activation,
            x.gradient,
            x.ratio,
            x.update,
            x.slope,
            x.mean,
            x.active,
            x.saturated,
            x.dead,
        ]
        for x in look.flow.layers
    ]


def diagnose_page(
    looks: Sequence[Look], *, title: str, rows: Tensor, shape: Sequence[int]
) -> Page:
    """Makes the page, of which the last look is the present state of the net.

    Args:
        looks: from the earliest to the latest, at least one.
        title: name of the recipe or run.
        rows: the rows that were measured, ``(B, D)``.
        shape: of an example.

    Raises:
        ValueError: there is no look.
    """
    if not looks:
        message = "a diagnosis needs at least one look at a net"
        raise UsageError(message)
    last = looks[-1]
    kinds = [finding.kind for finding in last.findings]
    sections = [
        _findings(last),
        _gradients(looks),
        *_through_time(looks),
        _layers(last),
        _activities(last),
        *_images(looks, rows=rows, shape=shape),
    ]
    return Page(
        title=title,
        verdict=f"{last.name}: {', '.join(kinds) if kinds else 'the checks found no problem'}",
        status="warning" if kinds else "good",
        subtitle=f"gradients and activities on {last.flow.rows} training rows",
        facts={
            "loss": f"{last.flow.loss:.4g}",
            "loss of constant outputs": _number(last.flow.constant),
            "first to last gradient": f"{last.flow.ratio:.2e}",
            "looks": len(looks),
        },
        sections=sections,
    )


def _findings(look: Look) -> Section:
    title = "Findings"
    if not look.findings:
        return Section(title, ["The checks found no problem."])
    rows = [[f.kind, *map(_sentence, (f.found, f.means, f.remedy))] for f in look.findings]
    columns = ["what", "seen", "meaning", "what to do"]
    return Section(title, [Table(columns=columns, rows=rows, caption=look.name)])


def _gradients(looks: Sequence[Look]) -> Section:
    last = looks[-1]
    layers = [x.name for x in last.flow.layers]
    norms = {look.name: [x.gradient for x in look.flow.layers] for look in looks}
    label = "norm of the gradient"
    values = ", ".join(f"{x.name} {x.gradient:.2e}" for x in last.flow.layers)
    parts: list[Picture | Table] = [
        Picture(
            by_layer({last.name: norms[last.name]}, layers, y_label=label, title=last.name),
            alt=f"{last.name}, norm of the gradient by layer: {values}.",
            caption="Norm of the gradient of every layer's weights. A gradient that fades "
            "towards the first layer leaves it unable to learn.",
        )
    ]
    if len(looks) > 1:
        parts += [
            Picture(
                by_layer(norms, layers, y_label=label, title="through training"),
                alt=f"Norm of the gradient by layer, {len(looks)} times.",
                caption="The same at every time that was looked at.",
            ),
            Table(
                columns=["when", "loss", "first to last", "dead units", "findings"],
                rows=[_summary(look) for look in looks],
                specs={"first to last": ".2e"},
            ),
        ]
    return Section("Gradients", parts)


def _summary(look: Look) -> list[object]:
    dead = [x.dead for x in look.flow.hidden if x.dead is not None]
    kinds = ", ".join(finding.kind for finding in look.findings)
    return [look.name, look.flow.loss, look.flow.ratio, sum(dead) if dead else None, kinds or None]


def _through_time(looks: Sequence[Look]) -> list[Section]:
    """Gradients of recurrent layers by lag; empty for other nets."""
    parts = []
    for layer in looks[-1].flow.lags:
        seen = [look for look in looks if layer in look.flow.lags]
        lines = {look.name: look.flow.lags[layer] for look in seen}
        lags = range(len(looks[-1].flow.lags[layer]))
        figure = curves(
            lines,
            steps=dict.fromkeys(lines, [*lags]),
            x_label="steps back",
            y_label="norm of the gradient, relative",
            title=layer,
            log_y=True,
        )
        ends = ", ".join(f"{name} {norms[-1]:.1e}" for name, norms in lines.items())
        caption = (
            "Gradient of the last step's loss with respect to the state some steps before, "
            "relative to that of the last step. Where it falls fast, the layer cannot learn what "
            "depends on distant steps; where it rises, it needs clipping."
        )
        alt = f"{layer}: norm of the gradient by steps back; after {lags[-1]} steps: {ends}."
        parts.append(Picture(figure, alt=alt, caption=caption))
    return [Section("Gradients through time", parts)] if parts else []


def _layers(look: Look) -> Section:
    specs = {"gradient": ".2e", "to last": ".2e", "update": ".1e", "slope": ".3f", "mean": ".3f"}
    specs |= {"active": ".1%", "saturated": ".1%"}
    caption = (
        "To last: gradient relative to that of the last layer. Update: change of the weights by "
        "the next update, relative to the weights, where an optimiser is at hand. Slope: mean "
        "slope of the activation. Mean: mean activity. Active: share of values above 0. "
        "Saturated: share of values in the flat parts of a bounded activation. Dead: units "
        f"without gradient on all {look.flow.rows} rows; other rows may wake them."
    )
    table = Table(columns=COLUMNS, rows=layer_rows(look), specs=specs, caption=caption)
    return Section("Layers", [table])


def _activities(look: Look) -> Section:
    samples = {
        x.name: look.flow.activities[x.name].flatten()[:200_000] for x in look.flow.hidden[:8]
    }
    words = "; ".join(
        f"{name} mean {float(values.mean()):.3g}" for name, values in samples.items()
    )
    figure = histogram(samples, x_label="activity", y_label="share of values", title=look.name)
    caption = "Activities of the hidden layers over all rows and units; lines mark the means."
    return Section(
        "Activities", [Picture(figure, alt=f"Histograms of activities: {words}.", caption=caption)]
    )


def _images(looks: Sequence[Look], *, rows: Tensor, shape: Sequence[int]) -> list[Section]:
    """The rows beside their images in layers with as many units as an example has values."""
    if len(shape) not in (2, 3):
        return []
    size = rows.shape[1]
    layers = [x.name for x in looks[-1].flow.hidden if x.units == size]
    parts = []
    for layer in layers[:2]:
        tiles: dict[str, ArrayLike] = {"data": _grey(rows[:_IMAGES])}
        tiles |= {
            _short(look): _grey(look.flow.activities[layer][:_IMAGES]) for look in looks[-6:]
        }
        parts.append(
            Picture(
                strips(tiles, shape, title=f"examples and their images in {layer}"),
                alt=f"{_IMAGES} examples, and below them the activities of {layer} in the same "
                "shape.",
                caption="Every image has its own scale: its lowest activity is black, its "
                "highest white.",
            )
        )
    return [Section("Images in hidden layers", parts)] if parts else []


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _short(look: Look) -> str:
    """Name of a row of images, where there is little room."""
    if look.updates == 0:
        return "at the start"
    return "now" if look.updates is None else f"update {look.updates}"


def _grey(x: Tensor) -> Tensor:
    """Rows scaled to [0, 1], each by its own lowest and highest value."""
    low, high = x.amin(1, keepdim=True), x.amax(1, keepdim=True)
    return (x - low) / (high - low).clamp(min=1e-12)


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4g}"
