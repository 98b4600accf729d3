"""Answers of the planes of a neocognitron to pictures, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.map_sheet import liveliest, map_sheet
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_TITLE = "Planes of cells"
_MEASURED, _SHOWN = 100, 2
_NEEDS = Needs(data=("held out", "pictures"))


def section(evidence: Evidence) -> Section | str | None:
    """Section with a sheet for each of two held-out pictures; None for models without planes."""
    if not evidence.has("planes"):
        return None
    if reason := unmet(_NEEDS, (), data=evidence.data):
        return reason
    assert evidence.held_out is not None
    name, split = evidence.held_out
    model = evidence.able("planes")
    like = next(model.buffers())
    x = split.batch(slice(_MEASURED))["x"].to(like.device, like.dtype)
    planes = {stage: h.cpu() for stage, h in model.planes({"x": x}).items()}
    kept = {_words(stage, h): h[:, liveliest(h)] for stage, h in planes.items()}
    limits = {words: (0.0, float(h.max())) for words, h in kept.items()}
    parts: list[str | Picture] = [
        "S-cells answer where a picture has a feature that they have learned. C-cells blur their "
        "answers, on half the rows and columns, so that a small shift changes little. Each line "
        "shows the planes of a stage that vary most over "
        f"{len(x)} {name} rows, enlarged. Black is no answer, white the largest of the stage. The "
        "last C-planes have one cell, the largest answer of an S-plane."
    ]
    size = x.shape[2:]
    for k, picture in enumerate(evidence.seen(x[:_SHOWN].cpu()).reshape(-1, *size)):
        row = {words: h[k] for words, h in kept.items()}
        of = f"{name} row {k}"
        figure = map_sheet(picture, row, limits=limits, title=f"planes, {of}")
        alt = f"Answers of the planes of {len(planes)} layers of cells to {of}"
        parts.append(Picture(figure, alt=alt, caption=of))
    return Section(_TITLE, parts)


def _words(stage: str, h: Tensor) -> str:
    """Name of a stage with the number and the size of its planes."""
    _, count, rows, columns = h.shape
    return f"{stage} ({count} of {rows} x {columns})"


ENTRY = Entry(_TITLE, section)
