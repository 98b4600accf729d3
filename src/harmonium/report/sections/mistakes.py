"""Confused classes, and the mistakes with the highest probability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from harmonium.needs import Needs
from harmonium.report.charts import confusion
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import images
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Examples

__all__ = ["ENTRY", "section"]

_WORST, _CLASSES = 20, 40


@dataclass(frozen=True)
class _Decided:
    """Decisions of a model for the rows of a split, ``(N,)`` each; probability None if unknown."""

    split: Examples
    name: str
    taken: Tensor
    probability: Tensor | None


def section(evidence: Evidence) -> Section | str:
    """Section of the last model that decides: confusion matrix and worst mistakes."""
    name, known = evidence.labelled_held_out
    decisions = _decided(evidence, known, name=name)
    classes = [str(k) for k in evidence.classes()]
    parts: list[str | Picture | Table] = []
    if len(classes) <= _CLASSES:
        parts.append(_confusion(decisions, classes))
    parts.append(_worst(evidence, decisions, classes=classes))
    return Section("Right and wrong", parts)


def _decided(evidence: Evidence, split: Examples, *, name: str) -> _Decided:
    """Classes and their probabilities, computed in blocks of rows."""
    import torch

    from harmonium.models import Classifies

    model = evidence.able("decides")
    like = next(model.parameters())
    batches = model.batches(split.to(like.device, like.dtype), 2000)
    with torch.no_grad():
        if not isinstance(model, Classifies):
            return _Decided(split, name, torch.cat([model.decide(b) for b in batches]), None)
        log_p = torch.cat([model.log_probs(b) for b in batches])
    p = log_p.double().softmax(1).max(1)
    return _Decided(split, name, p.indices, p.values)


def _confusion(decisions: _Decided, classes: list[str]) -> Picture:
    split, name = decisions.split, decisions.name
    assert split.labels is not None
    size = len(classes)
    pairs = split.labels * size + decisions.taken
    counts = pairs.bincount(minlength=size * size).reshape(size, size)
    right = int(counts.diagonal().sum())
    total = int(counts.sum())
    off = counts - counts.diagonal().diag()
    pair = divmod(int(off.argmax()), size)
    most = (
        f"the most frequent mistake is to predict {classes[pair[1]]} for {classes[pair[0]]} "
        f"({int(off.max())} times)"
    )
    message = f"{right} of {total} {name} rows are predicted correctly"
    message += f"; {most}" if off.any() else ""
    figure = confusion(counts, classes, title=f"{name} rows")
    caption = (
        f"{message}. A line is a true class, a column a predicted class. The last column is the "
        "share of the true class that is predicted correctly."
    )
    return Picture(figure, alt=f"Confusion matrix: {message}", caption=caption)


def _worst(
    evidence: Evidence, decisions: _Decided, *, classes: list[str]
) -> Picture | Table | str:
    known, y, p = decisions.split, decisions.split.labels, decisions.probability
    assert y is not None
    wrong = (decisions.taken != y).nonzero().flatten()
    if not len(wrong):
        return f"All {len(known)} {decisions.name} rows are predicted correctly."
    order = wrong[:_WORST]
    words = f"the first {len(order)} mistakes on {decisions.name} rows"
    if p is not None:
        order = wrong[p[wrong].argsort(descending=True, stable=True)][:_WORST]
        words = f"the {len(order)} mistakes on {decisions.name} rows with the highest probability"
    pairs = [(classes[y[i]], classes[decisions.taken[i]]) for i in order]
    shares = [None if p is None else float(p[i]) for i in order]
    caption = words[0].upper() + words[1:]
    if not evidence.image:
        rows = [[int(i), *row, s] for i, row, s in zip(order, pairs, shares, strict=True)]
        return Table(
            columns=["row", "true", "predicted", *["probability"] * (p is not None)],
            rows=rows if p is not None else [row[:-1] for row in rows],
            specs={"row": "d"} | ({} if p is None else {"probability": ".1%"}),
            caption=caption,
        )
    ends = ["" if share is None else f"  {share:.0%}" for share in shares]
    labels = [f"{a} → {b}{end}" for (a, b), end in zip(pairs, ends, strict=True)]
    short = [f"{a[:7]} → {b[:7]}{end}" for (a, b), end in zip(pairs, ends, strict=True)]
    pictures = evidence.seen(known.x.index_select(0, order))
    title = "worst mistakes" if p is not None else "mistakes"
    figure = images(pictures, evidence.image, columns=5, labels=short, title=title)
    more = ", its probability" if p is not None else ""
    caption = f"{caption}: true class → predicted class{more}."
    first = "; ".join(labels[:5])
    return Picture(figure, alt=f"Images of {words}: {first} ...", caption=caption)


ENTRY = Entry("Right and wrong", section, Needs(model=("decides",), data=("labelled held out",)))
