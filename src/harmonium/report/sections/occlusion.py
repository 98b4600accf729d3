"""The parts of pictures without which a convolutional net decides less surely."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.sections.entry import Entry
from harmonium.report.viewed import View, of_net, unit

__all__ = ["ENTRY", "parts", "section"]

_SHARE = 5


def section(evidence: Evidence) -> Section | str | None:
    """Section of occlusion by a grey square; None for other nets."""
    return of_net(evidence, ENTRY.title, parts=parts)


def parts(view: View) -> list[str | Picture]:
    """Pictures; what speaks for the largest output, and what against it."""
    from harmonium.nets.seeing import occlusion, over_pixels

    best, words = view.decisions()
    size = max(2, min(view.shape[1:]) // _SHARE)
    stride = max(1, size // 4)
    value = float(view.x.mean())
    falls = occlusion(view.net, view.x, size=size, stride=stride, value=value, outputs=best)
    pixels = over_pixels(falls, view.shape[1:], size=size, stride=stride)
    share = unit(pixels)
    rows = {
        "picture": view.grey(view.x).flatten(1),
        "speaks for it": share.clamp(0, 1),
        "against it": (-share).clamp(0, 1),
    }
    figure = strips(rows, view.shape[1:], title=f"a square of {size} x {size} hides a part")
    largest = "; ".join(
        f"{word}: {float(f.max()):.3g}" for word, f in zip(words, falls, strict=True)
    )
    caption = (
        f"A square of {size} x {size} pixels with the mean value {value:.2g} hides each part in "
        "turn. White in the second line: the largest output falls most, so the part speaks for it;"
        f" in the third line: it rises. From the left, with the largest fall: {largest}."
    )
    return [Picture(figure, alt=f"Occlusion of {len(words)} pictures: {largest}", caption=caption)]


ENTRY = Entry("Occlusion", section)
