"""A reservoir while it reads some held-out series."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

__all__ = ["ENTRY", "section"]

_TITLE = "Reservoir through time"
_SHOWN = 2
"""Series to draw."""


def section(evidence: Evidence) -> Section | str | None:
    """Section of the units and the readout over time; None for models without a reservoir."""
    from harmonium.report.reservoir import reservoir_picture

    data = evidence.data
    if not evidence.has("unfolds"):
        return None
    if data is None:
        return "the data of the run cannot be read here"
    model = evidence.able("unfolds")
    name, split = evidence.held_out or ("training", data.train)
    names = [str(k) for k in evidence.classes()] or [str(k) for k in data.targets]
    parts: list[str | Picture] = []
    for row in {0, len(split) // _SHOWN}:
        x = model.reads(split).batch(slice(row, row + 1))["x"][0]
        found = model.unfold(x)
        frames, units = found["units"].shape
        series = x[:frames]
        figure = reservoir_picture(series, found, names=names)
        label = ""
        if split.labels is not None and int(split.labels[row]) >= 0:
            label = f" of class {names[int(split.labels[row])]}"
        spoken = "the spikes of all" if "spikes" in found else "some of"
        parts.append(
            Picture(
                figure,
                alt=f"The {name} series {row}{label}, {frames} frames, with {spoken} its {units} "
                "units and the outputs",
                caption=f"The {name} series {row}{label}, {spoken} the {units} units, and the "
                "outputs for the series up to each frame; the last frame decides.",
            )
        )
    return Section(_TITLE, parts)


ENTRY = Entry(_TITLE, section)
