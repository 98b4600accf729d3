"""Trees of held-out rows with the class of every node, and negations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table
from harmonium.report.tree_picture import tree_picture

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Examples, Tree, Trees

__all__ = ["ENTRY", "section"]

_TREES, _LEAVES = 3, (5, 14)
"""Trees to draw, and the number of words that they should have."""

_WORDS = 5
"""Adjectives of each kind in the table of negations."""


def section(evidence: Evidence) -> Section | str | None:
    """Section of trees; None for models that do not read them."""
    from harmonium.data import Trees

    if not evidence.has("nodes"):
        return None
    if reason := unmet(Needs(data=("train",)), (), data=evidence.data):
        return reason
    assert evidence.data is not None
    kind = evidence.data.columns["x"]
    assert isinstance(kind, Trees)
    name, split = evidence.held_out or ("training", evidence.data.train)
    parts: list[str | Picture | Table] = [
        _drawn(evidence, tree, true=true, name=name)
        for tree, true in _read(evidence, split, kind=kind)
    ]
    negations = _negations(evidence, kind)
    return Section("Trees", [*parts, *([] if negations is None else [negations])])


def _read(
    evidence: Evidence, split: Examples, *, kind: Trees
) -> list[tuple[Tree, tuple[str, ...]]]:
    """Some trees of a split with the classes that the model finds, and the true ones."""
    import torch

    from harmonium.data import trees_of

    model, classes = evidence.able("nodes"), [*map(str, evidence.classes())]
    like = next(model.parameters())
    some = split.take(_chosen(split.x[:], kind=kind)).to(like.device, like.dtype)
    batch = model.reads(some).batch(slice(None))
    with torch.no_grad():
        taken = model.node_log_probs(batch).argmax(2)
    labels = [_named(row, classes) for row in taken]
    found = trees_of(some.x[:].cpu(), kind, labels=labels, sentences=some.names)
    true = [_named(row, classes) for row in batch["nodes"]] if "nodes" in batch else None
    return [
        (tree, tuple((true[k] if true else ["?"] * len(tree))[: len(tree)]))
        for k, tree in enumerate(found)
    ]


def _named(row: Tensor, classes: list[str]) -> list[str]:
    return [classes[k] if k >= 0 else "?" for k in row.tolist()]


def _chosen(rows: Tensor, *, kind: Trees) -> Tensor:
    """The first rows of trees with few words; any rows if there are none."""
    import torch

    leaves = (kind.shaped(rows)[:, 0] > 0).sum(1).cpu()
    fitting = ((leaves >= _LEAVES[0]) & (leaves <= _LEAVES[1])).nonzero().flatten()
    if not len(fitting):
        return torch.arange(min(_TREES, len(rows)))
    n = min(_TREES, len(fitting))
    return fitting[torch.arange(n) * len(fitting) // n]


def _drawn(evidence: Evidence, tree: Tree, *, true: tuple[str, ...], name: str) -> Picture:
    known = [(a, b) for a, b in zip(tree.labels, true, strict=True) if b != "?"]
    right = sum(a == b for a, b in known)
    message = f"{tree.sentence!r}: class {tree.labels[-1]}"
    if known:
        message += f", and {right} of {len(known)} nodes are right"
    ring = " A dark ring marks a class that differs from the label." if known else ""
    caption = f"{message} ({name} row). Each disc is the class that the model finds for a part."
    return Picture(
        tree_picture(tree, evidence.classes(), true=true), alt=message, caption=caption + ring
    )


def _negations(evidence: Evidence, kind: Trees) -> Table | None:
    """Probability of positive of sentences with and without "not"."""
    import torch

    from harmonium.judges.negation import negations

    with torch.no_grad():
        pairs = negations(evidence.able("nodes"), kind)
    if pairs is None:
        return None
    good = [k for k, g in enumerate(pairs.good.tolist()) if g][:_WORDS]
    bad = [k for k, g in enumerate(pairs.good.tolist()) if not g][:_WORDS]
    rows: list[list[Any]] = [
        [pairs.words[k], *pairs.plain[k].tolist(), *pairs.negated[k].tolist()]
        for k in (*good, *bad)
    ]
    columns = ["word", "negative", "positive", "not: negative", "not: positive"]
    return Table(
        columns=columns,
        rows=rows,
        specs=dict.fromkeys(columns[1:], ".0%"),
        caption="Probability that 'the film is ...' is negative or positive, and the same of 'the "
        "film is not ...'. A net that only counts words cannot turn the one into the other.",
    )


ENTRY = Entry("Trees", section)
