"""What the units of a layer on patches respond to, how often, and how sharply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_ROWS, _UNITS, _BEST, _TUNED, _TURNED = 20_000, 12, 10, 0.75, 0.5


def section(evidence: Evidence) -> Section | str | None:
    """Section of the first layer of a run on patches of pictures.

    None for runs on other data, and for codes that are pixels: the page then does not mention it.
    """
    import torch

    source = (evidence.recipe.get("data") or {}).get("source")
    if (source.get("type") if isinstance(source, dict) else source) != "patches":
        return None
    if evidence.has("enlarges"):
        return None
    if evidence.data is None:
        return "the data of the run cannot be read here"
    if evidence.image is None:
        return "patches of one pixel, or whitened by pca, are no pictures"
    model = evidence.first("encodes")
    batch = model.reads(evidence.data.train).batch(slice(_ROWS))
    with torch.no_grad():
        name, h = next(iter(model.codes(batch).items()))
    h = h.flatten(1)
    parts: list[Table | Picture] = [_figures(h, _filters(model, name, evidence=evidence))]
    parts.append(_best(evidence, batch["x"].flatten(1), h=h))
    return Section("Units on patches", parts)


def _filters(model: object, name: str, *, evidence: Evidence) -> Tensor | None:
    """Filters of a layer as pictures of one channel, ``(k, height, width)``; None without any."""
    filters: dict[str, Tensor] = getattr(model, "filters", dict)()
    weights, shape = filters.get(name), evidence.image
    if weights is None or shape is None or weights.shape[1] != evidence.features():
        return None
    pictures: Tensor = weights.reshape(len(weights), -1, *shape[-2:]).mean(1)
    return pictures


def _figures(h: Tensor, filters: Tensor | None) -> Table:
    from harmonium.learning.frequencies import selectivity, tuning

    rates = h.mean(0)
    rows: list[list[object]] = [
        ["mean activity, mean over units", float(rates.mean())],
        ["mean activity, lowest unit", float(rates.min())],
        ["mean activity, highest unit", float(rates.max())],
    ]
    if filters is not None:
        shares = tuning(filters)
        rows.append(
            ["power in the strongest tenth of frequencies, median", float(shares.median())]
        )
        rows.append([f"units with at least {_TUNED} of it there", int((shares >= _TUNED).sum())])
        turned = selectivity(filters)
        rows.append(["selectivity of directions, median", float(turned.median())])
        rows.append([f"units of at least {_TURNED}", int((turned >= _TURNED).sum())])
    caption = (
        f"{h.shape[1]} units on {len(h)} training patches. A filter of an edge or a grating has "
        "nearly all its power in a tenth of the frequencies, one of noise about a third. Its "
        "selectivity of directions is 0.5 to 1, that of noise and of round spots about 0.1."
    )
    return Table(columns=["of the first layer", "value"], rows=rows, caption=caption)


def _best(evidence: Evidence, x: Tensor, *, h: Tensor) -> Picture:
    """Patches to which some units respond most."""
    assert evidence.image is not None
    order = h.std(0).argsort(descending=True)[:_UNITS]
    best = {
        f"unit {int(unit)}": evidence.seen(x[h[:, unit].argsort(descending=True)[:_BEST]])
        for unit in order
    }
    figure = strips(best, evidence.image, title="patches that activate a unit most")
    words = (
        f"the {min(_BEST, len(x))} training patches that activate each of {len(best)} units most"
    )
    return Picture(
        figure, alt=f"Pictures of {words}", caption=f"{words[0].upper()}{words[1:]}."
    )  # fmt: skip


ENTRY = Entry("Units on patches", section, Needs(model=("encodes",), data=("train",)))
