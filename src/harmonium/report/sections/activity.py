"""The activity of hidden units on training rows, and how many of them never change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.histograms import histogram
from harmonium.report.matrix import heat
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.style import INK
from harmonium.report.tables import Table
from harmonium.runs.words import layer_words

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_ROWS, _UNITS, _MEASURED = 100, 120, 2000

_ZEROS = 0.01
"""Share of values that are exactly 0 above which units are rectified."""


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
    maps = any(h.ndim > 2 for h in codes.values())
    kept = _distinct(codes) if maps else codes
    layers = {layer_words(name, kept): h for name, h in kept.items()}
    shown = dict([[*layers.items()][-1]]) if maps else layers
    pictures = [_picture(h, name=name) for name, h in shown.items()]
    *_, (name, h) = layers.items()
    pictures.append(_values(h, name=name, target=_target(evidence)))
    table = Table(
        columns=["layer", "units", "dead", "saturated", "mean activity", "active share"],
        rows=[[name, *_counts(_units(h))] for name, h in layers.items()],
        specs={"mean activity": ".3f", "active share": ".1%"},
        caption=f"On {len(batch['x'])} training rows; a unit that is dead on these rows may be "
        "active on others. Values in [0, 1]: dead units are never above 1%, saturated ones never "
        "below 99%, active values above one half. Rectified units: dead ones are never above 0, "
        "active values above 0. Other units: dead ones never change, active values above 0."
        + (_OF_MAPS if maps else ""),
    )
    return Section("Hidden activity", [*pictures, table])


_OF_MAPS = (
    " A unit is a whole map here, with its values at all places: a map is dead where it is so at "
    "every place. Of layers of equal size, the last one is listed; maps themselves are in the "
    'section "Maps".'
)


def _distinct(codes: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Layers with another number of values than the one above, without those that only flatten."""
    names = [*codes]
    found: dict[str, Tensor] = {}
    for k, (name, h) in enumerate(codes.items()):
        above = codes[names[k + 1]] if k + 1 < len(names) else None
        below = codes[names[k - 1]] if k else h
        flattened = h.ndim == 2 < below.ndim and h[0].numel() == below[0].numel()
        last = above is None or above.ndim == 2 or above[0].numel() != h[0].numel()
        if last and not flattened:
            found[name] = h
    return found


def _units(h: Tensor) -> Tensor:
    """Values of units ``(n, units)``; of maps those of every place."""
    return h if h.ndim == 2 else h.movedim(1, -1).flatten(0, -2)


def _means(h: Tensor) -> Tensor:
    """Activity of units in every row, ``(B, units)``; of maps the mean over places."""
    return h if h.ndim == 2 else h.flatten(2).mean(2)


def _what(h: Tensor) -> str:
    return "unit" if h.ndim == 2 else "map"


def _is_probability(h: Tensor) -> bool:
    return bool(h.min() >= 0 and h.max() <= 1) and not _is_rectified(h)


def _is_rectified(h: Tensor) -> bool:
    """Whether no value is negative and many are exactly 0, as those of no smooth function are."""
    return bool(h.min() == 0 and (h == 0).double().mean() > _ZEROS)


def _counts(h: Tensor) -> list[object]:
    """Units, dead, saturated, mean activity, active share."""
    high, low = h.max(0).values, h.min(0).values
    full, level = None, 0.0
    if _is_probability(h):
        dead, full, level = high < 0.01, int((low > 0.99).sum()), 0.5
    else:
        dead = high <= 0 if _is_rectified(h) else high - low < 1e-6
    active = float((h > level).double().mean())
    return [h.shape[1], int(dead.sum()), full, float(h.mean()), active]


def _picture(h: Tensor, *, name: str) -> Picture:
    means, what = _means(h), _what(h)
    part = means[:_ROWS, :_UNITS].mT
    signed, fraction = bool(h.min() < 0), _is_probability(h)
    title = f"mean activity, {name}"
    figure = heat(part, signed=signed, x_label="training row", y_label=what, title=title)
    units = f"{part.shape[0]} of {means.shape[1]} {what}s by {part.shape[1]} rows"
    ends = "white is 0, dark is 1" if fraction else "white is 0, the darkest is the largest"
    scale = "red is positive, blue negative, white is 0" if signed else ends
    return Picture(
        figure,
        alt=f"{name}: mean activity of {units}",
        caption=f"Mean activity of {units}; {scale}. A horizontal stripe is a {what} that has the "
        "same value on every row. A vertical stripe is a row that differs from all others.",
    )


def _target(evidence: Evidence) -> float | None:
    """The mean activity that a penalty of the recipe asks of every unit of the code, or None."""
    recipe = evidence.recipe
    stages = [recipe.get(name) for name in ("pretrain", "train", "fine_tune")]
    for stage in [*stages, *(recipe.get("stages") or ())]:
        for penalty in (stage.get("penalties") or ()) if isinstance(stage, dict) else ():
            if isinstance(penalty, dict) and penalty.get("type") == "rate":
                return float(penalty["target"])
    return None


def _values(h: Tensor, *, name: str, target: float | None) -> Picture:
    """How often each value of a layer occurs; or the means of its units, beside their target."""
    if target is None:
        figure = histogram(
            {name: _units(h)}, x_label="value", y_label="share of values", title=f"values, {name}"
        )
        message = f"Values of {h.shape[1]} {_what(h)}s on {len(h)} rows, with their mean as a line"
        return Picture(figure, alt=f"{name}: histogram of its values", caption=f"{message}.")
    means = _means(h).mean(0)
    figure = histogram(
        {name: means}, x_label="mean activity", y_label="share of units", title=f"means, {name}"
    )
    (axes,) = figure.axes
    axes.axvline(target, color=INK, linestyle=":", linewidth=1.2)
    message = (
        f"Mean activity of {len(means)} {_what(h)}s on {len(h)} rows. The dotted line is the "
        f"target of the penalty, {target:.3g}; the other line is the mean of all units, "
        f"{float(means.mean()):.3g}"
    )
    return Picture(figure, alt=f"{name}: histogram of mean activities", caption=f"{message}.")


ENTRY = Entry("Hidden activity", section, Needs(model=("encodes",), data=("train",)))
