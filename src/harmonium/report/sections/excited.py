"""What excites units of a convolutional net: patches of pictures, and pictures made for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harmonium.report.evidence import SEED, Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import images, strips
from harmonium.report.sections.entry import Entry
from harmonium.report.viewed import View, of_net

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.nets.seeing import Reach, Strongest

__all__ = ["ENTRY", "deepest", "found_patches", "parts", "section"]

_UNITS, _PATCHES, _ROWS, _FEWEST = 8, 9, 2000, 32
_VALUES = 2**24
"""Number of values of pictures that are looked at, at most."""


def section(evidence: Evidence) -> Section | str | None:
    """Section of the strongest patches and of gradient ascent; None for other nets."""
    return of_net(evidence, ENTRY.title, parts=parts)


def parts(view: View) -> list[str | Picture]:
    """Patches with the highest activities, and pictures found by gradient ascent."""
    from harmonium.nets.seeing import excited
    from harmonium.nets.seeing.excited import Ascent

    layer = view.layer or deepest(view)
    best, window = found_patches(view, layer)
    patches = {}
    for k, unit in enumerate(best.units.tolist()):
        patches[f"unit {unit}"] = view.grey(_windows(view, k, best=best, window=window)).flatten(1)
    words = (
        f"The {_PATCHES} {view.name} pictures that most excite units of {view.layer_words(layer)}"
        f", the strongest first, cut to what the unit sees: {window.size[0]} x "
        f"{window.size[1]} pixels. Beyond the border of the picture there is grey or black."
    )
    sheet = strips(patches, window.size, title=f"strongest patches, layer {layer}")
    ascent = Ascent(range=view.evidence.grey)
    made = excited(view.net, view.shape, layer=layer, units=best.units.tolist(), ascent=ascent,
                   source=view.evidence.source(SEED))  # fmt: skip
    told = (
        f"A picture made for each unit by gradient ascent on its activity (the unit in the middle "
        f"of the map), less {ascent.decay / 2:g} times the squared distance from grey and "
        f"{ascent.smooth / 2:g} times the squared differences of neighbours; {ascent.steps} steps."
    )
    names = [f"unit {unit}" for unit in best.units.tolist()]
    drawn = images(view.grey(made).flatten(1), view.shape[1:], columns=_UNITS, labels=names,
                   title=f"gradient ascent, layer {layer}")  # fmt: skip
    return [
        Picture(sheet, alt=f"Patches that excite units of layer {layer}", caption=words),
        Picture(drawn, alt=f"Pictures made to excite units of layer {layer}", caption=told),
    ]


def deepest(view: View) -> str:
    """The last stage of maps whose units see a part of the picture only, otherwise the last."""
    from harmonium.nets.seeing import reach

    stages = view.stages()
    height, width = view.shape[1:]
    sizes = {name: seen.size for name, seen in reach(view.net, view.x[0], layers=stages).items()}
    parts = [name for name, (down, across) in sizes.items() if down < height and across < width]
    return (parts or list(stages))[-1]


def found_patches(view: View, layer: str) -> tuple[Strongest, Reach]:
    """The strongest places of some units of a layer in held-out pictures, and what they see."""
    import torch

    from harmonium.nets.seeing import activation_maps, reach, strongest
    from harmonium.report.map_sheet import liveliest

    count = min(_ROWS, len(view.split), max(_FEWEST, _VALUES // math.prod(view.shape)))
    rows = torch.arange(count)
    batches = [view.pictures(some) for some in rows.split(max(1, count // 8))]
    units = liveliest(activation_maps(view.net, batches[0], layers=[layer])[layer], _UNITS)
    best = strongest(view.net, batches, layer=layer, units=units.tolist(), count=_PATCHES)
    return best, reach(view.net, view.x[0], layers=[layer])[layer]


def _windows(view: View, k: int, *, best: Strongest, window: Reach) -> Tensor:
    from harmonium.nets.seeing import cut

    pictures = view.pictures(best.rows[k])
    return cut(pictures, window.first(best.places[k]), size=window.size)


ENTRY = Entry("What excites units", section)
