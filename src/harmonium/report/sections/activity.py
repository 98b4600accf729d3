"""The activity of hidden units on training rows, and how many of them never change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.matrix import heat
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table
from harmonium.runs.words import layer_words

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_ROWS, _UNITS, _MEASURED = 100, 120, 2000


def section(evidence: Evidence) -> Section | str:
    """Section of the mean activities of every layer.

    Hinton, 2010, section 16 (https://www.cs.toronto.edu/~hinton/absps/guideTR.pdf).
    """
    import torch

    assert evidence.data is not None
    model = evidence.first("encodes")
    batch = model.reads(evidence.data.train).batch(slice(_MEASURED))
    with torch.no_grad():
        codes = model.codes(batch)
    layers = {layer_words(name, codes): h.flatten(1) for name, h in codes.items()}
    pictures = [_picture(h, name=name) for name, h in layers.items()]
    table = Table(
        columns=["layer", "units", "dead", "saturated", "mean activity", "active share"],
        rows=[[name, *_counts(h)] for name, h in layers.items()],
        specs={"mean activity": ".3f", "active share": ".1%"},
        caption=f"On {len(batch['x'])} training rows. Dead: never above 1%. Saturated: never "
        "below 99%. "
        "Active share: values above one half. Units with real values are dead if they never "
        "change.",
    )
    return Section("Hidden activity", [*pictures, table])


def _is_probability(h: Tensor) -> bool:
    return bool(h.min() >= 0 and h.max() <= 1)


def _counts(h: Tensor) -> list[object]:
    if not _is_probability(h):
        still = int(((h.max(0).values - h.min(0).values) < 1e-6).sum())
        return [h.shape[1], still, None, float(h.mean()), None]
    dead, full = int((h.max(0).values < 0.01).sum()), int((h.min(0).values > 0.99).sum())
    return [h.shape[1], dead, full, float(h.mean()), float((h > 0.5).double().mean())]


def _picture(h: Tensor, *, name: str) -> Picture:
    part = h[:_ROWS, :_UNITS].mT
    signed, fraction = bool(h.min() < 0), _is_probability(h)
    title = f"mean activity, {name}"
    figure = heat(part, signed=signed, x_label="training row", y_label="unit", title=title)
    units = f"{part.shape[0]} of {h.shape[1]} units by {part.shape[1]} rows"
    ends = "white is 0, dark is 1" if fraction else "white is 0, the darkest is the largest"
    scale = "red is positive, blue negative, white is 0" if signed else ends
    return Picture(
        figure,
        alt=f"{name}: mean activity of {units}",
        caption=f"Mean activity of {units}; {scale}. A horizontal stripe is a unit that has the "
        "same value on every row. A vertical stripe is a row that differs from all others.",
    )


ENTRY = Entry("Hidden activity", section, Needs(model=("encodes",), data=("train",)))
