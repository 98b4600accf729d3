"""Held-out rows with their nearest training rows by the codes of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harmonium.needs import Needs
from harmonium.report.evidence import Evidence
from harmonium.report.framed import found_for
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Examples

__all__ = ["ENTRY", "section"]

_QUERIES, _NEAREST, _ASKED, _SEARCHED = 8, 8, 1000, 20_000

_K = (1, 3, 5, 10)
"""Numbers of neighbours that vote."""

_LISTS = (1, 10, 100)
"""Lengths of lists whose precision is told."""


class _Found(NamedTuple):
    """Labelled training rows, held-out rows, and for each of these the nearest of those."""

    name: str
    train: Examples
    held: Examples
    nearest: Tensor


def section(evidence: Evidence) -> Section | str | None:
    """Section of nearest neighbours: errors, precision, and rows with their neighbours.

    None for runs that neither judge neighbours nor have a net of codes: the page then does not
    mention it.
    """
    judges = evidence.recipe.get("judge") or ()
    judged = any((j.get("type") if isinstance(j, dict) else j) == "neighbours" for j in judges)
    codes = any(getattr(m, "output_kind", "") == "codes" for m in evidence.models.values())
    if not judged and not codes:
        return None
    found = _searched(evidence)
    return Section("Nearest neighbours", [_figures(found), _shown(evidence, found)])


def _searched(evidence: Evidence) -> _Found:
    import torch

    from harmonium.learning.neighbours import nearest
    from harmonium.models.encoder import codes_of

    assert evidence.data is not None
    name, held = evidence.labelled_held_out
    model, train = evidence.able("encodes"), evidence.data.train.labelled()
    assert train is not None
    like = next(model.parameters())
    train = _some(train, _SEARCHED).to(like.device, like.dtype)
    held = _some(held, _ASKED).to(like.device, like.dtype)
    with torch.no_grad():
        k = min(len(train), _LISTS[-1])
        _, rows = nearest(codes_of(model, held), codes_of(model, train), k=k)
    return _Found(name, train, held, rows)


def _some(rows: Examples, count: int) -> Examples:
    """At most ``count`` rows, evenly spaced."""
    import torch

    n = min(len(rows), count)
    return rows.take(torch.arange(n) * len(rows) // n)


def _same(found: _Found) -> Tensor:
    """Whether each neighbour has the class of its row, ``(Q, k)``."""
    assert found.train.labels is not None
    assert found.held.labels is not None
    return found.train.labels[found.nearest] == found.held.labels[:, None]


def _figures(found: _Found) -> Table:
    from harmonium.learning.neighbours import vote

    train, held = found.train.labels, found.held.labels
    assert train is not None
    assert held is not None
    same, classes = _same(found), int(max(train.max(), held.max())) + 1
    rows: list[list[object]] = []
    for k in (k for k in _K if k <= found.nearest.shape[1]):
        wrong = vote(train[found.nearest[:, :k]], classes) != held
        rows.append([f"error of the vote of {k}", float(wrong.double().mean())])
    for k in (k for k in _LISTS if k <= found.nearest.shape[1]):
        rows.append([f"precision of the first {k}", float(same[:, :k].double().mean())])
    return Table(
        columns=["by the codes", "share"],
        rows=rows,
        specs={"share": ".1%"},
        caption=f"{len(held)} {found.name} rows among {len(train)} labelled training rows. The "
        "precision of a list is the share of its rows that have the class of the query.",
    )


def _shown(evidence: Evidence, found: _Found) -> Picture | Table:
    classes = [str(name)[:9] for name in evidence.classes()]
    train, held = found.train.labels, found.held.labels
    assert train is not None
    assert held is not None
    same = _same(found)[:, :_NEAREST]
    chosen, words = _chosen(same)
    near = found.nearest[chosen, :_NEAREST]
    labels = [
        [classes[int(held[q])], *(classes[int(c)] for c in train[line])]
        for q, line in zip(chosen.tolist(), near, strict=True)
    ]
    marks = same[chosen]
    message = (
        f"{words} with their {near.shape[1]} nearest labelled training rows; "
        f"{int((~marks).sum())} of {marks.numel()} neighbours have another class"
    )
    caption = f"{message[0].upper()}{message[1:]}."
    if evidence.image is None:
        columns = [f"{found.name} row", "class", *(str(k + 1) for k in range(near.shape[1]))]
        rows = [
            [int(q), *(f"{word}{'' if good else ' (wrong)'}" for word, good in
                       zip(line, (True, *mark), strict=True))]
            for q, line, mark in zip(chosen.tolist(), labels, marks.tolist(), strict=True)
        ]  # fmt: skip
        return Table(columns=columns, rows=rows, caption=caption)
    queries = evidence.seen(found.held.x.index_select(0, chosen))
    pictures = evidence.seen(found.train.x.index_select(0, near.flatten()))
    figure = found_for(
        queries,
        pictures.reshape(*near.shape, -1),
        shape=evidence.image,
        labels=labels,
        right=marks,
        title="queries, and the nearest training rows",
    )
    more = " The query stands on the left. A neighbour of another class is marked as wrong."
    return Picture(figure, alt=f"Pictures of {message}", caption=f"{caption}{more}")


def _chosen(same: Tensor) -> tuple[Tensor, str]:
    """Rows to show: half of them evenly spaced, half with the most neighbours of other classes."""
    import torch

    half = min(_QUERIES // 2, len(same))
    spread = torch.arange(half) * len(same) // half
    bad = (~same).sum(1)
    worst = bad.argsort(descending=True, stable=True)
    worst = worst[(bad[worst] > 0) & ~torch.isin(worst, spread)][:half]
    words = f"{half} rows, evenly spaced"
    if len(worst):
        words += f", and the {len(worst)} with the most wrong neighbours,"
    return torch.cat([spread, worst]), words


ENTRY = Entry(
    "Nearest neighbours",
    section,
    Needs(model=("encodes",), data=("labelled train", "labelled held out")),
)
