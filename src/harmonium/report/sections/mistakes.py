"""Which classes are confused, and the mistakes with the highest probability."""

from __future__ import annotations

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


def section(evidence: Evidence) -> Section | str:
    """Confusion matrix and worst mistakes of the last model that classifies."""
    name, known = evidence.labelled_held_out
    probabilities = _probabilities(evidence, known)
    classes = [str(k) for k in evidence.classes()]
    parts: list[str | Picture | Table] = []
    if len(classes) <= _CLASSES:
        parts.append(_confusion(probabilities, known, classes=classes, name=name))
    worst = _worst(evidence, probabilities, known=known, name=name)
    parts.append(worst)
    return Section("Right and wrong", parts)


def _probabilities(evidence: Evidence, split: Examples) -> Tensor:
    """Probabilities of the classes (N, K), some rows at a time."""
    import torch

    model = evidence.able("classifies")
    dtype = next(model.parameters()).dtype
    with torch.no_grad():
        parts = [model.log_probs({"x": x.to(dtype)}) for x in split.x.split(2000)]
    return torch.cat(parts).double().softmax(1)


def _confusion(p: Tensor, split: Examples, *, classes: list[str], name: str) -> Picture:
    assert split.labels is not None
    size = len(classes)
    pairs = split.labels * size + p.argmax(1)
    counts = pairs.bincount(minlength=size * size).reshape(size, size)
    right = int(counts.diagonal().sum())
    total = int(counts.sum())
    off = counts - counts.diagonal().diag()
    pair = divmod(int(off.argmax()), size)
    most = (
        f"the most frequent mistake is to predict {classes[pair[1]]} for {classes[pair[0]]} "
        f"({int(off.max())} times)"
    )
    told = f"{right} of {total} {name} rows are predicted correctly"
    told += f"; {most}" if off.any() else ""
    figure = confusion(counts, classes, title=f"{name} rows")
    caption = (
        f"{told}. A line is a true class, a column a predicted class. The last column is the "
        "share of the true class that is predicted correctly."
    )
    return Picture(figure, alt=f"Confusion matrix: {told}", caption=caption)


def _worst(evidence: Evidence, p: Tensor, *, known: Examples, name: str) -> Picture | Table | str:
    y, classes = known.labels, [str(k) for k in evidence.classes()]
    assert y is not None
    wrong = (p.argmax(1) != y).nonzero().flatten()
    if not len(wrong):
        return f"All {len(known)} {name} rows are predicted correctly."
    sure = p[wrong].max(1).values
    order = wrong[sure.argsort(descending=True, stable=True)][:_WORST]
    told = [(classes[y[i]], classes[p[i].argmax()], float(p[i].max())) for i in order]
    words = f"the {len(order)} mistakes on {name} rows with the highest probability"
    if not evidence.image:
        return Table(
            columns=["row", "true", "predicted", "probability"],
            rows=[[int(i), *row] for i, row in zip(order, told, strict=True)],
            specs={"row": "d", "probability": ".1%"},
            caption=words[0].upper() + words[1:],
        )
    labels = [f"{true} → {taken}  {share:.0%}" for true, taken, share in told]
    short = [f"{true[:7]} → {taken[:7]}  {share:.0%}" for true, taken, share in told]
    pictures = evidence.seen(known.x.index_select(0, order))
    figure = images(pictures, evidence.image, columns=5, labels=short, title="worst mistakes")
    caption = f"{words[0].upper()}{words[1:]}: true class → predicted class, its probability."
    first = "; ".join(labels[:5])
    return Picture(figure, alt=f"Images of {words}: {first} ...", caption=caption)


ENTRY = Entry(
    "Right and wrong", section, Needs(model=("classifies",), data=("labelled held out",))
)
