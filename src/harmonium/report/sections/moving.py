"""Maps of a convolutional net while a picture moves over its field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.report.animation import animated, spaced, strip
from harmonium.report.evidence import Evidence
from harmonium.report.map_sheet import liveliest, map_sheet
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.style import DPI
from harmonium.report.viewed import View, of_net

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "parts", "path", "section"]

_LAYERS, _MAPS = 3, 6


def section(evidence: Evidence) -> Section | str | None:
    """Section of one picture that moves; None for other nets."""
    return of_net(evidence, ENTRY.title, parts=parts)


def parts(view: View) -> list[str | Picture]:
    """Frames below each other, and an animation beside the page's figures."""
    import torch

    from harmonium.nets.seeing import activation_maps, moved

    offsets = path(view.shape[2])
    x = moved(view.x[0], offsets, value=float(view.x[0].min()))
    names = [view.stages()[k] for k in spaced(len(view.stages()), _LAYERS)]
    maps = activation_maps(view.net, x, layers=names)
    kept = {view.layer_words(name): h[:, liveliest(h, _MAPS)] for name, h in maps.items()}
    limits = {name: (float(h.min()), float(h.max())) for name, h in kept.items()}
    with torch.no_grad():
        y = view.net(x).flatten(1)
    grey, frames = view.grey(x), []
    said = _said(view, y)
    for k, (_, across) in enumerate(offsets.tolist()):
        row = {name: h[k] for name, h in kept.items()}
        words = f"{_signed(across)} pixels: {said[k]}"
        frames.append(map_sheet(grey[k], row, limits=limits, title=words))
    still = strip(frames, count=3, columns=1)
    ends = f"{_signed(int(offsets[0, 1]))} to {_signed(int(offsets[-1, 1]))}"
    caption = (
        f"{view.name} row {int(view.chosen[0])}, moved across by {ends} pixels. Where the picture "
        "goes, the maps of convolutions go too; pooling makes them go in steps. The animation is "
        "the file ending in -moving."
    )
    alt = f"Maps of {len(names)} layers while a picture moves across: {'; '.join(said)}"
    return [Picture(still, alt=alt, caption=caption, moving=animated(frames, ms=180, dpi=DPI))]


def path(width: int) -> Tensor:
    """Offsets of the frames, pixels down and across ``(n, 2)``: a third of the width each way.

    >>> path(8).tolist()
    [[0, -2], [0, -1], [0, 0], [0, 1], [0, 2]]
    """
    import torch

    far = max(1, width // 3)
    across = torch.tensor([k - far for k in spaced(2 * far + 1, 19)])
    return torch.stack([torch.zeros_like(across), across], 1)


def _signed(number: int) -> str:
    return f"{number:+d}".replace("-", "\N{MINUS SIGN}") if number else "0"


def _said(view: View, y: Tensor) -> list[str]:
    """The largest output of each frame in words."""
    classes, best = view.evidence.classes(), y.argmax(1).tolist()
    if len(classes) != y.shape[1]:
        return [f"output {k}" for k in best]
    shares = y.softmax(1).amax(1).tolist()
    return [f"{classes[k]} ({p:.0%})" for k, p in zip(best, shares, strict=True)]


ENTRY = Entry("A moving picture", section)
