"""Kernels of the first layer of a convolutional net."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import filters
from harmonium.report.sections.entry import Entry
from harmonium.report.viewed import KERNELS, View, of_net

__all__ = ["ENTRY", "parts", "section"]

_COLOURS = (1, 3)
_SHOWN = 64


def section(evidence: Evidence) -> Section | str | None:
    """Section of the kernels of the first layer; None for other nets."""
    return of_net(evidence, ENTRY.title, parts=parts, needs=KERNELS)


def parts(view: View) -> list[str | Picture]:
    """Kernels as small pictures, the largest norm first."""
    from harmonium.nets.seeing import convolutions, first_kernels

    name, kernels = convolutions(view.net)[0], first_kernels(view.net)
    maps, channels, *size = kernels.shape
    words = f"{maps} kernels of {size[0]} x {size[1]} in layer {name}"
    if channels in _COLOURS:
        shape = tuple(size) if channels == 1 else (channels, *size)
        rows, under = kernels.flatten(1), "its map"
    else:
        shape, rows = tuple(size), kernels.flatten(0, 1).flatten(1)
        words += f", each of {channels} channels, which are drawn one by one"
        under = f"its map times {channels}, plus its channel"
    title = f"kernels of layer {name}"
    figure = filters(rows.cpu(), shape, count=_SHOWN, title=title)
    scale = "Grey is zero." if channels == 3 else "Red is positive, blue negative, white zero."
    shown = f"The {_SHOWN} with the largest norm. " if len(rows) > _SHOWN else ""
    caption = f"{words}. {shown}{scale} The number below a kernel is {under}."
    return [Picture(figure, alt=f"Kernels as pictures: {words}", caption=caption)]


ENTRY = Entry("Kernels", section)
