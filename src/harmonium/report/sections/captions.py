"""Held-out pictures with the captions that a model writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.sections.entry import Entry

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Vocabulary

__all__ = ["ENTRY", "section"]

_TITLE = "Captions"
_ROWS = 14

_NEEDS = Needs(data=("train", "pictures", "written"))


def section(evidence: Evidence) -> Section | str | None:
    """Section of pictures and captions; None for models that write none."""
    if not evidence.has("describes"):
        return None
    if reason := unmet(_NEEDS, (), data=evidence.data):
        return reason
    from harmonium.report.captioned import captioned
    from harmonium.sampling.picking import Pick

    data, model = evidence.data, evidence.able("describes")
    assert data is not None
    assert evidence.image is not None
    name, split = evidence.held_out or ("training", data.train)
    batch = model.reads(split).batch(slice(_ROWS))
    written = {
        "written": model.described(batch, pick=Pick(temperature=0.0)),
        "drawn": model.described(batch, source=evidence.source()),
        "data": batch["target"],
    }
    words, scenes = model.vocabulary, batch.get("scene")
    shown = {way: _texts(rows, words, scenes=scenes) for way, rows in written.items()}
    texts = [dict(zip(shown, row, strict=True)) for row in zip(*shown.values(), strict=True)]
    figure = captioned(evidence.seen(split.x[:_ROWS]), evidence.image, texts=texts)
    alt = f"{len(texts)} {name} pictures, each with captions of the model and of the data"
    caption = (
        f"The first {name} pictures. Written: the most probable word at each step. Drawn: words "
        "drawn from their probabilities. Data: the caption of the data."
    )
    if scenes is not None:
        caption += " A caption that is not in order, or states something false, ends with ✗."
    return Section(_TITLE, [Picture(figure, alt=alt, caption=caption)])


def _texts(rows: Tensor, words: Vocabulary, *, scenes: Tensor | None) -> list[str]:
    """Captions ``(N, T)`` as texts; with a mark where they are not true of known scenes."""
    from harmonium.data.captions import facts_of, true_of

    texts = [words.decode(row) for row in rows]
    if scenes is None:
        return texts
    facts = facts_of(rows, words)
    right = (true_of(facts, scenes) & facts.grammatical).tolist()
    return [text if good else f"{text} ✗" for text, good in zip(texts, right, strict=True)]


ENTRY = Entry(_TITLE, section)
