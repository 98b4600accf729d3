"""Topics: the words of every hidden unit of a model of documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.report.evidence import Evidence
from harmonium.report.page import Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_WORDS, _TOPICS, _ROWS = 10, 100, 1000


def section(evidence: Evidence) -> Section | str | None:
    """Section with the words that each hidden unit makes more and less likely.

    None for models of other data: the page then does not mention the section.
    """
    import torch

    if not evidence.has("counts words"):
        return None
    if evidence.data is None:
        return "the data of the run cannot be read here"
    words = evidence.data.features
    if not words:
        return "the words of the counts have no names"
    model = evidence.able("counts words", "filters", "encodes")
    ((name, weights),) = list(model.filters().items())[:1]
    with torch.no_grad():
        rows = evidence.data.train.flattened().batch(slice(_ROWS))
        like = next(model.parameters())
        active = model.codes({"x": rows["x"].to(like)})[name].mean(0)
    return Section("Topics", [_table(weights.cpu(), active.cpu(), words=words)])


def _table(weights: Tensor, active: Tensor, *, words: tuple[str, ...]) -> Table:
    contrast = weights - weights.mean(0)  # a word that all topics favour tells of none
    shown = min(len(weights), _TOPICS)
    order = active.argsort(descending=True)[:shown]
    rows: list[list[object]] = []
    for k in order.tolist():
        ranked = contrast[k].argsort(descending=True)
        most = " ".join(words[i] for i in ranked[:_WORDS].tolist())
        least = " ".join(words[i] for i in ranked.flip(0)[: _WORDS // 2].tolist())
        rows.append([k, float(active[k]), most, least])
    return Table(
        columns=["unit", "active", "words that it favours", "words that it avoids"],
        rows=rows,
        specs={"active": ".0%"},
        caption=f"{shown} of {len(weights)} hidden units, the most active first. Words are "
        "ordered by their weight to the unit, less the mean of their weights to all units. Active "
        f"is the mean activity over {_ROWS} training rows at most.",
    )


ENTRY = Entry("Topics", section)
