"""Activities of the layers of a convolutional net for some pictures."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.map_sheet import liveliest, map_sheet
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.viewed import View, of_net

__all__ = ["ENTRY", "parts", "section"]

_PICTURES, _LAYERS = 3, 6


def section(evidence: Evidence) -> Section | str | None:
    """Section of the maps of several layers; None for other nets."""
    return of_net(evidence, ENTRY.title, parts=parts)


def parts(view: View) -> list[str | Picture]:
    """One sheet for each picture: a line for each layer."""
    from harmonium.nets.seeing import activation_maps

    names = view.stages()[:_LAYERS]
    x = view.x if view.rows is not None else view.x[:_PICTURES]
    maps = activation_maps(view.net, x, layers=names)
    kept = {view.layer_words(name): h[:, liveliest(h)] for name, h in maps.items()}
    limits = {name: (float(h.min()), float(h.max())) for name, h in kept.items()}
    grey, (_, words) = view.grey(x), view.decisions()
    told = "; ".join(f"{view.layer_words(n)}: {h.shape[1]} maps of {h.shape[2]} x {h.shape[3]}"
                     for n, h in maps.items())  # fmt: skip
    found: list[str | Picture] = [
        f"Each line shows a picture and maps of a layer, those that vary most, enlarged. Black is "
        f"the lowest activity of the layer, white the highest. {told}."
    ]
    for k, picture in enumerate(grey):
        row = {name: h[k] for name, h in kept.items()}
        of = f"{view.name} row {int(view.chosen[k])}, {words[k]}"
        figure = map_sheet(picture, row, limits=limits, title=f"maps, {of}")
        found.append(Picture(figure, alt=f"Maps of {len(names)} layers for {of}", caption=of))
    return found


ENTRY = Entry("Maps", section)
