"""What a linear memory stores and recalls, and how its weights have grown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Examples

__all__ = ["ENTRY", "section"]

_ROWS, _SHOWN, _NOISE, _STRIPS = 2000, 8, 0.3, 6


def section(evidence: Evidence) -> Section | str | None:
    """Section of the pairs of a memory: their number, their likeness, and recall of some.

    None for runs without a linear memory: the page then does not mention it.
    """
    model: Any = next(
        (m for m in evidence.models.values() if getattr(m, "output_kind", "") == "recall"), None
    )
    if model is None:
        return None
    if evidence.data is None:
        return "the data of the run cannot be read here"
    rows = evidence.data.train
    if model.net.recalls == "classes":
        rows = rows.labelled() or rows
    parts: list[Table | Picture] = [_numbers(model.net, rows)]
    if evidence.image is not None:
        if model.net.recalls == "rows":
            parts.append(_recalled(evidence, model.net, rows=rows))
        elif (picture := _grown(evidence)) is not None:
            parts.append(picture)
    return Section("Memory", parts)


def _numbers(net: Any, rows: Examples) -> Table:  # noqa: ANN401
    import torch

    from harmonium.learning import condition

    batch = rows.flattened().batch(slice(_ROWS))
    keys, weight = batch["x"], net.weight.detach()
    with torch.no_grad():
        wanted = net.values(batch)
        gap = keys @ weight.mT - wanted
    error = float(gap.square().sum() / wanted.square().sum())
    removed = float((weight == 0).double().mean())
    few = "" if len(rows) <= _ROWS else f" Likeness and error are of the first {_ROWS} pairs."
    return Table(
        columns=["pairs", "values of a key", "load", "condition", "error", "zero weights"],
        rows=[[len(rows), keys.shape[1], len(rows) / keys.shape[1], condition(keys), error,
               removed]],
        specs={"load": ".2f", "condition": ".3g", "error": ".3g", "zero weights": ".1%"},
        caption="Load: pairs for each value of a key; at most 1 can be stored exactly. Condition: "
        "how dependent the keys are; 1 if they are orthonormal. Error: squared "
        f"error of the recall of stored pairs, as a share of their squared size.{few}",
    )  # fmt: skip


def _recalled(evidence: Evidence, net: Any, *, rows: Examples) -> Picture:  # noqa: ANN401
    import torch

    from harmonium.random import normal

    assert evidence.image is not None
    stored = rows.x[:_SHOWN]
    cue = stored + _NOISE * normal(stored, evidence.source())
    with torch.no_grad():
        recalled = net(cue)
    scale = {"stored": stored, "cue": cue, "recalled": recalled}
    gaps = [float((x - stored).square().mean()) for x in (cue, recalled)]
    words = f"The mean square of the noise is {gaps[0]:.3g} before and {gaps[1]:.3g} after recall"
    return Picture(
        strips({name: evidence.seen(x) for name, x in scale.items()}, evidence.image),
        alt=f"Stored rows, the same with noise, and what is recalled. {words}",
        caption=f"Stored rows, the same rows with noise of standard deviation {_NOISE}, and what "
        f"the memory recalls. {words}.",
    )


def _grown(evidence: Evidence) -> Picture | None:
    """Weights of the first classes by epoch, all on one scale; None without snapshots."""
    assert evidence.image is not None
    kept = [(r.epoch, r.tensors()) for r in evidence.records]
    filters = [(epoch, tensors["filters"][:_SHOWN]) for epoch, tensors in kept
               if "filters" in tensors][:_STRIPS]  # fmt: skip
    if not filters:
        return None
    most = max(float(w.abs().max()) for _, w in filters) or 1.0
    grey: dict[str, Tensor] = {str(epoch): 0.5 + 0.5 * w / most for epoch, w in filters}
    return Picture(
        strips(grey, evidence.image, word="epoch"),
        alt=f"Weights of the first {len(filters[0][1])} classes, epochs {', '.join(grey)}",
        caption=f"Weights between the values of a row and the units of the first "
        f"{len(filters[0][1])} classes. Grey is 0, white is {most:.3g}, black is its negative.",
    )


ENTRY = Entry("Memory", section)
