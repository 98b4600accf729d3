"""The pixels to which the decision of a convolutional net is most sensitive."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.sections.entry import Entry
from harmonium.report.viewed import View, of_net, unit

__all__ = ["ENTRY", "parts", "section"]


def section(evidence: Evidence) -> Section | str | None:
    """Section of gradients of the largest output; None for other nets."""
    return of_net(evidence, ENTRY.title, parts=parts)


def parts(view: View) -> list[str | Picture]:
    """Pictures, and the sizes of gradients below them."""
    from harmonium.nets.seeing import saliency

    best, words = view.decisions()
    gradient = saliency(view.net, view.x, outputs=best)
    size = unit(gradient.abs().amax(1))
    rows = {"picture": view.grey(view.x).flatten(1), "saliency": size}
    figure = strips(rows, view.shape[1:], title="sensitivity of the largest output")
    caption = (
        "White: a small change of the pixel changes the largest output most (size of the gradient,"
        " the largest of the channels, each picture by itself). This says where the net is "
        f"sensitive, not what speaks for the class. From the left: {'; '.join(words)}."
    )
    return [Picture(figure, alt=f"Saliency of {len(words)} pictures", caption=caption)]


ENTRY = Entry("Saliency", section)
