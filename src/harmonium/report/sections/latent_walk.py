"""A walk through the noise of a generator: rows on the way from one sample to another."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.sections.entry import Entry

__all__ = ["ENTRY", "section"]

_WALKS, _STEPS = 6, 11


def section(evidence: Evidence) -> Section | str | None:
    """Section of rows made on the way between samples, a line for each pair.

    None for models that do not make rows of noise: the page then does not mention them.
    """
    if not evidence.has("latent"):
        return None
    if reason := evidence.missing_pictures():
        return reason
    assert evidence.image is not None
    model = evidence.able("latent")
    latents = model.latents(2 * _WALKS, source=evidence.source())
    way = model.path(latents[:_WALKS], latents[_WALKS:], steps=_STEPS)
    made = model.drawn(way.transpose(0, 1).flatten(0, 1))["x"]
    lines = evidence.seen(made).split(_STEPS)
    figure = strips({f"walk {k + 1}": line for k, line in enumerate(lines)}, evidence.image)
    return Section(
        "A walk through the noise",
        [
            Picture(
                figure,
                alt=f"Rows made on the way between {_WALKS} pairs of samples",
                caption=f"{_STEPS} equal steps in the noise from one sample to another, and the "
                "rows made there. If the generator has learned the data and not single rows, "
                "every step is like a row of the data, and rows change little by little."
                f"{evidence.scale_note}",
            )
        ],
    )


ENTRY = Entry("A walk through the noise", section)
