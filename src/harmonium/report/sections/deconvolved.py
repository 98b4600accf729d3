"""What in a picture made a unit of a convolutional net active, by the deconvolution view."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.sections.entry import Entry
from harmonium.report.sections.excited import deepest, found_patches
from harmonium.report.viewed import View, of_net, unit

__all__ = ["ENTRY", "parts", "section"]

_UNITS = 4


def section(evidence: Evidence) -> Section | str | None:
    """Section of strongest patches with their views; None for other nets."""
    return of_net(evidence, ENTRY.title, parts=parts)


def parts(view: View) -> list[str | Picture]:
    """Patches of some units, and below each what its activity goes back to."""
    from harmonium.nets.seeing import cut, deconvolution

    layer = view.layer or deepest(view)
    best, window = found_patches(view, layer)
    rows = {}
    for k, number in enumerate(best.units.tolist()[:_UNITS]):
        pictures, first = view.pictures(best.rows[k]), window.first(best.places[k])
        units = best.units[k].expand(len(pictures))
        back = deconvolution(view.net, pictures, layer=layer, units=units)
        seen = unit(cut(back, first, size=window.size).mean(1))
        patch = cut(pictures, first, size=window.size)
        rows[f"unit {number}"] = view.grey(patch).flatten(1)
        rows[f"its view, {number}"] = 0.5 + 0.5 * seen
    figure = strips(rows, window.size, title=f"deconvolution view, layer {layer}")
    caption = (
        f"Patches of {view.name} pictures that excite units of layer {view.layer_words(layer)} "
        "most, and below each the activity projected back to the pixels: through the places that "
        "won in max pooling, rectified at rectified units, through the transposed kernels "
        "(Zeiler and Fergus, 2014). Grey is zero, white speaks for the unit, black against it. "
        "Activation functions other than rectified units pass the signal with their slope."
    )
    return [Picture(figure, alt=f"Patches and their views, layer {layer}", caption=caption)]


ENTRY = Entry("Deconvolution view", section)
