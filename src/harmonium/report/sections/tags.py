"""Held-out sentences with the tags that a model gives their words."""

from __future__ import annotations

from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

__all__ = ["ENTRY", "section"]

_TITLE = "Tagged sentences"
_ROWS, _SEARCHED = 8, 1000


def section(evidence: Evidence) -> Section | str | None:
    """Section of sentences with many kinds of tags, and of wrong ones; None for other models."""
    import torch

    from harmonium.report.tagged_text import tagged_text

    data = evidence.data
    if not evidence.has("tags"):
        return None
    if data is None or data.written is None:
        return "the data of the run cannot be read here"
    model = evidence.able("tags")
    name, split = evidence.held_out or ("training", data.train)
    batch = model.reads(split).batch(slice(_SEARCHED))
    with torch.no_grad():
        found = model.tags(batch)
    true = batch["target"]
    usual = int(true[true >= 0].mode().values)
    wrong = ((found != true) & (true >= 0)).any(1)
    rich = ((true >= 0) & (true != usual)).sum(1)
    order = rich.argsort(descending=True, stable=True)
    half = _ROWS // 2
    chosen = [*order[~wrong[order]][:half].tolist(), *order[wrong[order]][:half].tolist()]
    tags = data.written.symbols
    sentences = []
    for k in chosen:
        there = [t for t in true[k].tolist() if t >= 0]
        words = split.names[k].split(" ") if split.names else _words(model, batch["x"][k].tolist())
        made = [tags[t] for t in found[k].tolist()[: len(there)]]
        sentences.append((words, made, [tags[t] for t in there]))
    figure = tagged_text(sentences, plain=tags[usual])
    words = f"{len(chosen)} {name} sentences with the tag of each word as a colour"
    caption = (
        f"{words}: first some that are right in every word, then some that are not. A frame marks "
        f"a wrong tag; words without colour have the tag {tags[usual]}. Of {len(true)} sentences "
        f"{int(wrong.sum())} have a wrong tag."
    )
    return Section(_TITLE, [Picture(figure, alt=words, caption=caption)])


def _words(model: object, row: list[int]) -> list[str]:
    read, _ = model.vocabularies  # type: ignore[attr-defined]
    return [read.symbols[k] for k in row if k >= 0]


ENTRY = Entry(_TITLE, section)
