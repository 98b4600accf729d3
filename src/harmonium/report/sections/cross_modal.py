"""Pictures found by words, words found by pictures, and sums of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harmonium.needs import Needs, unmet
from harmonium.report.evidence import Evidence
from harmonium.report.page import Picture, Section
from harmonium.report.pictures import strips
from harmonium.report.sections.entry import Entry
from harmonium.report.tables import Table

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["ENTRY", "section"]

_ASKED, _PICTURES, _ROWS, _WORDS, _SWAPS, _NAME = 10, 5, 8, 6, 8, 11
_CHANGED = 4
"""Words that a sum takes away or adds, at most."""

_MOST = 2000
"""Held-out and training rows among which sums of pictures and words search."""

_NEEDS = Needs(data=("joined", "held out"))


def section(evidence: Evidence) -> Section | str | None:
    """Section with the pictures that words find, and the words that pictures find.

    None for models without a joint space.
    """
    if not evidence.has("embeds parts"):
        return None
    if reason := unmet(_NEEDS, (), data=evidence.data):
        return reason
    assert evidence.data is not None
    kind: Any = evidence.data.columns["x"]
    picture = next((n for n, part in kind.parts.items() if len(part.shape) == 3), None)
    words = next((n for n, part in kind.parts.items() if part.names), None)
    if picture is None or words is None:
        return "no part of a row is a picture, or none has values with names, such as words"
    found = _Searched(evidence, picture=picture, words=words)
    parts: list[Picture | Table | str] = [_by_word(found), _by_picture(found)]
    if (swapped := _swapped(found)) is not None:
        parts.append(swapped)
    return Section(f"Search of {picture} and {words}", parts)


class _Searched:
    """Held-out rows with the codes of their pictures and of all single words."""

    def __init__(self, evidence: Evidence, *, picture: str, words: str) -> None:
        import torch

        assert evidence.data is not None
        assert evidence.held_out is not None
        kind: Any = evidence.data.columns["x"]
        self.where, split = evidence.held_out
        self.shape, self.names = kind.parts[picture].shape, kind.parts[words].names
        x = torch.cat([split.x[:], evidence.data.train.x[:]])[: max(_MOST, len(split))]
        self.held = len(split)
        self.rows = [str(k) for k in range(self.held)] if split.names is None else split.names
        pictures = x[:, kind.spans[picture]]
        self.has = (x[:, kind.spans[words]] > 0.5).cpu()
        low, high = float(pictures.min()), float(pictures.max())
        self.pictures = ((pictures - low) / ((high - low) or 1.0)).cpu()
        model = evidence.able("embeds parts")
        like = next(model.parameters())
        self.embed = lambda part, values: model.embed(part, values.to(like)).cpu()
        self.picture, self.words = picture, words
        self.codes = self.embed(picture, pictures)
        self.single = self.embed(words, torch.eye(len(self.names), dtype=like.dtype))


def _spaced(count: int, most: int) -> list[int]:
    n = min(count, most)
    return [k * count // n for k in range(n)]


def _by_word(found: _Searched) -> Picture:
    has = found.has[: found.held]
    often = (has.sum(0) >= min(_PICTURES, int(has.sum(0).max()))).nonzero().flatten()
    order = often[has[:, often].sum(0).argsort(descending=True, stable=True)]
    asked = order[_spaced(len(order), _ASKED)]
    scores = found.single[asked] @ found.codes[: found.held].mT
    nearest = scores.argsort(dim=1, descending=True)[:, :_PICTURES]
    rows = {}
    for word, near in zip(asked.tolist(), nearest, strict=True):
        right = int(has[near, word].sum())
        rows[f"{_short(found.names[word])}\n{right} of {len(near)}"] = found.pictures[near]
    return Picture(
        strips(rows, found.shape, title=f"nearest {found.picture} of a word"),
        alt=f"The {_PICTURES} {found.where} pictures nearest to each of {len(rows)} words",
        caption=f"Each line: a word of {found.words}, and the {found.where} rows whose "
        f"{found.picture} is nearest to it in the joint space, from left to right. The number "
        f"says how many of them have the word. The words are evenly spaced by how many "
        f"{found.where} rows have them, from the most to the least.",
    )


def _by_picture(found: _Searched) -> Table:
    has = found.has[: found.held]
    some = has.any(1).nonzero().flatten()
    chosen = some[_spaced(len(some), _ROWS)].tolist()
    lines: list[list[object]] = []
    for row in chosen:
        best = (found.single @ found.codes[row]).argsort(descending=True)[:_WORDS].tolist()
        own = [found.names[i] for i in has[row].nonzero().flatten().tolist()]
        told = ", ".join(found.names[i] for i in best)
        right = sum(bool(has[row, i]) for i in best)
        lines.append([found.rows[row], ", ".join(own), told, right])
    return Table(
        columns=["row", f"true {found.words}", f"nearest {found.words}", "right"],
        rows=lines,
        caption=f"The {_WORDS} single words that are nearest to the {found.picture} of some "
        f"{found.where} rows; right is how many of them the row has.",
    )


def _swapped(found: _Searched) -> Picture | None:
    """Pictures near a sum of a picture and words; None where no change of words repeats."""
    import torch
    from torch.nn.functional import normalize

    from harmonium.judges.swapped_words import swaps

    asked = swaps(found.has, starts=found.held, contexts=3, most=_CHANGED)
    if not len(asked.start):
        return None
    own, right = asked.right
    rows: dict[str, Tensor] = {}
    for k in _spaced(len(asked.start), _SWAPS):
        start, less, more = int(asked.start[k]), asked.less[k], asked.more[k]
        minus, plus = (found.embed(found.words, part[None].float()) for part in (less, more))
        query = normalize(found.codes[start] - minus[0] + plus[0], dim=0)
        scores = found.codes @ query
        scores[start] = -torch.inf
        near = scores.argsort(descending=True)[: _PICTURES - 1]
        sign = "right" if bool(own[near[0]] == right[k]) else "wrong"
        words = [_listed(found, part) for part in (less, more)]
        name = f"{len(rows) + 1}. {sign}\n- {words[0]}\n+ {words[1]}"
        rows[name] = found.pictures[[start, *near.tolist()]]
    return Picture(
        strips(rows, found.shape, title=f"{found.picture} - words + words"),
        alt=f"Pictures near the sum of a picture and words, for {len(rows)} sums",
        caption=f"The first {found.picture} of each line is of a {found.where} row; the others, "
        "of all other rows, are nearest to its code minus that of some of its words plus that of "
        f"others. A line is right if the {found.words} of the second {found.picture} are exactly "
        "those asked for. The lines are evenly spaced over all questions of the judge "
        "swapped_words.",
    )


def _listed(found: _Searched, part: Tensor) -> str:
    """The first of some words, with a sign if there are more."""
    names = [found.names[i] for i in part.nonzero().flatten().tolist()]
    return _short(names[0]) if len(names) == 1 else f"{_short(names[0])} ..."


def _short(word: str) -> str:
    return word if len(word) <= _NAME else word[: _NAME - 1] + "…"


ENTRY = Entry("Search across kinds of data", section)
