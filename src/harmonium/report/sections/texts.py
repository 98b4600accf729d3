"""Texts that a model drew while it learned, and at the end at several temperatures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.report.evidence import Evidence
from harmonium.report.page import Code, Section
from harmonium.report.sections.entry import Entry

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_TITLE = "Texts drawn"
_KEPT, _LENGTH = 6, 400
_TEMPERATURES = (0.5, 0.8, 1.0)
_PROMPT = 20
"""Symbols of the held-out text that begin the last samples."""


def section(evidence: Evidence) -> Section | str | None:
    """Section with texts by epoch, and by temperature; None where the data are no texts."""
    if evidence.data is None or evidence.data.vocabulary is None or evidence.data.written:
        return None
    known = evidence.data.vocabulary
    parts: list[str | Code] = []
    drawn = [(r.epoch, x["text"]) for r in evidence.records if "text" in (x := r.tensors())]
    if drawn:
        parts.append("The same draws after some of the epochs, at temperature 0.8.")
        parts += [Code(known.decode(x[0]), f"after epoch {at}") for at, x in _spread(drawn)]
    if evidence.has("continues"):
        parts += _by_temperature(evidence)
    return Section(_TITLE, parts) if parts else "no epoch is done"


def _by_temperature(evidence: Evidence) -> list[str | Code]:
    from harmonium.sampling.picking import Pick

    model = evidence.able("continues")
    name, split = evidence.held_out or ("train", _data(evidence).train)
    first: Tensor = split.x[:1][0, :_PROMPT]
    prompt = first[first >= 0][None]  # a short text ends in -1
    begins = model.vocabulary.decode(prompt)
    parts: list[str | Code] = [
        f"Continuations of {begins!r}, the beginning of the {name} text, by the trained model: "
        "the lower the temperature, the more probable and the more repetitive is the text."
    ]
    for heat in _TEMPERATURES:
        drawn = model.continued(prompt, _LENGTH, pick=Pick(heat), source=evidence.source())
        text = model.vocabulary.decode([*prompt[0].tolist(), *drawn[0].tolist()])
        parts.append(Code(text, f"temperature {heat:g}"))
    return parts


def _data(evidence: Evidence) -> Any:  # noqa: ANN401
    assert evidence.data is not None
    return evidence.data


def _spread(drawn: list[tuple[int, Tensor]]) -> list[tuple[int, Tensor]]:
    """The first, the last and some between them."""
    if len(drawn) <= _KEPT:
        return drawn
    places = [round(k * (len(drawn) - 1) / (_KEPT - 1)) for k in range(_KEPT)]
    return [drawn[k] for k in places]


ENTRY = Entry(_TITLE, section)
