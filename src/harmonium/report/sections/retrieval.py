"""Search by bits: how many of the nearest rows have the label, and the nearest rows of some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.lines import curves
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Examples
    from harmonium.judges.retrieval import Searched

__all__ = ["ENTRY", "section"]

_QUERIES, _EXAMPLES, _NEAREST, _WORDS = 500, 6, 8, 5
_AT = (1, 10, 100, 1000)
_NEEDS = Needs(data=("held out",))


def section(evidence: Evidence) -> Section | str | None:
    """Section with curves of precision, and rows with those that are nearest by their bits.

    None for models without bits: the page then does not mention them.
    """
    if not evidence.has("hashes"):
        return None
    if reason := unmet(_NEEDS, (), data=evidence.data):
        return reason
    assert evidence.held_out is not None
    name, split = evidence.held_out
    known = split.labelled()
    if len(split) < 3:
        return "a search needs three rows or more"
    parts: list[str | Picture | Table] = []
    if known is not None and len(known) > 2:
        parts += _measured(evidence, known, name=name)
    else:
        parts.append(f"No {name} row has a label, so that nobody knows which rows are alike.")
    parts.append(_examples(evidence, split if known is None else known, name=name))
    return Section("Search by bits", parts)


def _measured(evidence: Evidence, known: Examples, *, name: str) -> list[str | Picture | Table]:
    from harmonium.judges.retrieval import codes_of, searched

    model = evidence.able("hashes")
    values, rows = codes_of(model, known), known.flattened().x[:]
    labels = known.labels
    assert labels is not None
    k, width = values.shape[1], rows.shape[1]
    found = {
        f"{k} bits": searched(values > 0.5, labels, by="hamming", at=100, most=_QUERIES),
        f"{k} values": searched(values, labels, by="cosine", at=100, most=_QUERIES),
        f"row of {width} values": searched(rows, labels, by="cosine", at=100, most=_QUERIES),
    }
    share = float((labels.bincount() / len(labels)).square().sum())
    queries = min(_QUERIES, len(known))
    return [
        _against_recall(found, queries=queries, name=name),
        _against_length(found, share=share),
        _table(found, share=share, name=name, count=len(known)),
    ]


def _against_recall(found: dict[str, Searched], *, queries: int, name: str) -> Picture:
    figure = curves(
        {code: 100 * one.curve[0] for code, one in found.items()},
        steps={code: 100 * one.curve[1] for code, one in found.items()},
        x_label="recall, %",
        y_label="precision, %",
        title="precision and recall",
    )
    return Picture(
        figure,
        alt=f"Precision against recall for {', '.join(found)}",
        caption=f"The longer the list of nearest rows, the more rows with the label of the query "
        f"it holds (recall), and the smaller is their share in it (precision). Means of {queries} "
        f"{name} rows as queries; bits by Hamming distance, values by cosine. Equal distances "
        "count with the mean over all of their orders.",
    )


def _against_length(found: dict[str, Searched], *, share: float) -> Picture:
    figure = curves(
        {code: 100 * one.curve[0] for code, one in found.items()},
        steps={code: one.lengths for code, one in found.items()},
        x_label="rows in the list",
        y_label="precision, %",
        title="precision and length of the list",
    )
    longest = max(int(one.lengths[-1]) for one in found.values())
    figure.axes[0].set(xscale="log", xlim=(0.9, 1.3 * longest))
    return Picture(
        figure,
        alt=f"Precision against the length of the list for {', '.join(found)}",
        caption="Share of the nearest rows that have the label of the query, by how many are "
        f"taken. Rows at random have {share:.1%}.",
    )


def _table(found: dict[str, Searched], *, share: float, name: str, count: int) -> Table:
    import numpy as np

    lengths = [at for at in _AT if at < count]
    rows = []
    for code, one in found.items():
        at = np.interp(np.log(lengths), one.lengths.double().log(), one.curve[0])
        average = one.average_precision[one.average_precision.isfinite()]
        rows.append([code, *map(float, at), float(average.mean())])
    columns = ["code", *(f"precision at {at}" for at in lengths), "average precision"]
    return Table(
        columns=columns,
        rows=rows,
        specs=dict.fromkeys(columns[1:], ".1%"),
        best=dict.fromkeys(columns[1:], "max"),
        caption=f"Search among {count} labelled {name} rows; rows at random have {share:.1%}. The "
        "judge retrieval asks with every row, this table with some.",
    )


def _examples(evidence: Evidence, split: Examples, *, name: str) -> Picture | Table:
    import torch

    model = evidence.able("hashes")
    with torch.no_grad():
        bits = torch.cat([model.bits(batch) for batch in model.batches(split)]).cpu()
    asked = torch.arange(min(_EXAMPLES, len(split))) * len(split) // _EXAMPLES
    on, off = bits.float(), (~bits).float()
    apart = on[asked] @ off.T + off[asked] @ on.T
    apart[torch.arange(len(asked)), asked] = -1  # the row itself first
    near = apart.argsort(dim=1, stable=True)[:, : _NEAREST + 1]
    if evidence.image is not None:
        return _pictures(evidence, split, near=near, name=name)
    return _listed(evidence, split, near=near[:, :4], apart=apart)


def _pictures(evidence: Evidence, split: Examples, *, near: Tensor, name: str) -> Picture:
    assert evidence.image is not None
    labels, classes = split.labels, evidence.classes()
    rows = {}
    for number, group in enumerate(near):
        word = f"row {int(group[0])}"
        if labels is not None and classes:
            same = int((labels[group[1:]] == labels[group[0]]).sum())
            word = f"{number + 1}. {classes[int(labels[group[0]])]}: {same} of {len(group) - 1}"
        rows[word] = evidence.seen(split.x.index_select(0, group))
    figure = strips(rows, evidence.image, title="first picture: the query")
    return Picture(
        figure,
        alt=f"{len(near)} {name} pictures with the {near.shape[1] - 1} nearest by their bits",
        caption=f"The first picture of each line is a query from the {name} rows, the others are "
        "those with the nearest bits, from left to right."
        + (" The number says how many of them have its label." if labels is not None else ""),
    )


def _listed(evidence: Evidence, split: Examples, *, near: Tensor, apart: Tensor) -> Table:
    lines: list[list[object]] = []
    for number, group in enumerate(near.tolist()):
        for place, row in enumerate(group):
            distance = int(apart[number, row]) if place else None
            word, label = "nearest" if place else "query", _label(evidence, split, row=row)
            lines.append([word, distance, label, _strongest(evidence, split, row=row)])
    return Table(
        columns=["row", "bits apart", "label", "largest values"],
        rows=lines,
        specs={"bits apart": "d"},
        caption="Some rows and those with the nearest bits, each by the names of its largest "
        "values.",
    )


def _label(evidence: Evidence, split: Examples, *, row: int) -> str:
    known = -1 if split.labels is None else int(split.labels[row])
    classes = evidence.classes()
    return str(classes[known]) if 0 <= known < len(classes) else "none"


def _strongest(evidence: Evidence, split: Examples, *, row: int) -> str:
    """Names of the largest values of a row, such as the words of a document."""
    assert evidence.data is not None
    names, values = evidence.data.features, split.x[row : row + 1].flatten()
    best = values.argsort(dim=0, descending=True, stable=True)[:_WORDS]
    words = [str(names[i]) if names else f"value {i}" for i in best.tolist() if values[i] > 0]
    return ", ".join(words)


ENTRY = Entry("Search by bits", section)
