"""The grammar of captions of drawn scenes: which captions there are, and what they state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import product

import torch
from torch import Tensor

from harmonium.data.shapes import FACTORS
from harmonium.data.tokens import padded
from harmonium.data.vocabulary import Vocabulary

__all__ = ["PAIRS", "RELATIONS", "SINGLES", "WORDS", "Facts", "alone", "facts_of", "true_of"]

SINGLES = (
    "{a} at the {place}",
    "{a} at the {place} on {ground}",
    "there is {a} at the {place}",
    "at the {place} there is {a}",
    "on {ground} we see {a}",
    "the picture shows {a}",
)
"""Captions of one shape: {a} is the shape, as in "a small red circle" or "a red circle"."""

PAIRS = (
    "{a} {relation} {b}",
    "{a} {relation} {b} on {ground}",
    "there is {a} {relation} {b}",
    "{a} at the {place} and {b} at the {other}",
    "we see {a} and {b}",
    "{a} and {b} are on {ground}",
)
"""Captions of two shapes."""

RELATIONS = ("left of", "right of", "above", "below")

_ROWS, _COLUMNS = ("top", "middle", "bottom"), ("left", "centre", "right")
_FORM, _ROW, _COLUMN = 2, 3, 4
"""Places of facts of a shape: size, colour, form, row, column."""

_KINDS = {
    **dict.fromkeys(FACTORS["size"], "size"),
    **dict.fromkeys(FACTORS["colour"], "colour"),
    **dict.fromkeys(FACTORS["form"], "form"),
    **dict.fromkeys(FACTORS["ground"], "ground"),
    **dict.fromkeys(_ROWS, "row"),
    **{"left": "side", "right": "side", "above": "over", "below": "over", "an": "a"},
}
"""Word -> its kind; each other word is a kind of its own."""

_SLOTS = {
    "{a}": (("a", "size", "colour", "form"), ("a", "colour", "form")),
    "{place}": (("row", "side"), ("row", "centre"), ("centre",)),
    "{relation}": (("side", "of"), ("over",)),
    "{ground}": (("ground",),),
}
_SLOTS |= {"{b}": _SLOTS["{a}"], "{other}": _SLOTS["{place}"]}
"""Slot of a caption -> the kinds of its words, in each way to fill it."""

WORDS = Vocabulary(
    tuple(
        sorted(
            {
                word
                for text in (*SINGLES, *PAIRS, *RELATIONS, *sum(FACTORS.values(), ()), "a an")
                for word in text.split()
                if not word.startswith("{")
            }
        )
    ),
    "words",
)
"""All words of captions."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What captions state of two shapes; -1 for what they do not state.

    Args:
        shapes: size, colour, form, row and column of each, ``(N, 2, 5)``.
        ground: ``(N,)``.
        relation: of the first shape to the second, a place in ``RELATIONS``, ``(N,)``.
        grammatical: whether the words are in the order of one of the captions, ``(N,)``, bool.
    """

    shapes: Tensor
    ground: Tensor
    relation: Tensor
    grammatical: Tensor


@cache
def _orders() -> Sequence[tuple[str, ...]]:
    """Kinds of words in the order of each caption."""
    found = set()
    for text in (*SINGLES, *PAIRS):
        ways = [_SLOTS.get(word, ((_KINDS.get(word, word),),)) for word in text.split()]
        found |= {sum(filled, ()) for filled in product(*ways)}
    return sorted(found)


def facts_of(tokens: Tensor, words: Vocabulary = WORDS) -> Facts:
    """Reads captions.

    A size or colour belongs to the next form, a place to the form before it, or to the first one.

    Args:
        tokens: indices of words ``(N, T)``, -1 after the end.
        words: their vocabulary; words that captions do not have make them ungrammatical.

    >>> found = facts_of(WORDS.encode("a red ring above a small pink square")[None])
    >>> found.shapes.tolist(), found.relation.tolist(), found.grammatical.tolist()
    ([[[-1, 0, 5, -1, -1], [0, 6, 1, -1, -1]]], [2], [True])
    """
    kinds = sorted({kind for order in _orders() for kind in order})
    listed = [_KINDS.get(word, word) for word in words.symbols]
    place = {kind: k for k, kind in enumerate(kinds)}
    table = torch.tensor([*(place.get(kind, -2) for kind in listed), -1], device=tokens.device)
    kind = table[tokens]
    after = torch.nn.functional.pad(kind, (0, 1), value=-1)[:, 1:] == place["of"]
    before = torch.nn.functional.pad(kind, (1, 0), value=-1)[:, :-1] == place["row"]
    forms = (kind == place["form"]).long()
    coming = (forms.cumsum(1) - forms).clamp(max=1)  # shape to which an adjective belongs
    past = (forms.cumsum(1) - forms - 1).clamp(0, 1)
    shapes = torch.full((len(tokens), 2, 5), -1, dtype=torch.int64, device=tokens.device)
    value = partial(_value, tokens, words=words)
    sets = [
        (0, coming, value(kind == place["size"], among=FACTORS["size"])),
        (1, coming, value(kind == place["colour"], among=FACTORS["colour"])),
        (_FORM, coming, value(kind == place["form"], among=FACTORS["form"])),
        (_ROW, past, value(~before, among=("", "centre", ""))),
        (_ROW, past, value(kind == place["row"], among=_ROWS)),
        (_COLUMN, past, value(~after, among=_COLUMNS)),
    ]
    for at, owner, found in sets:
        row, word = (found >= 0).nonzero(as_tuple=True)
        shapes[row, owner[row, word], at] = found[row, word]
    ground = value(kind == place["ground"], among=FACTORS["ground"]).amax(1)
    ways = ("left", "right", "above", "below")
    relation = value(after | (kind == place["over"]), among=ways).amax(1)
    orders = padded([torch.tensor([place[k] for k in order]) for order in _orders()])
    return Facts(shapes, ground, relation, _same(kind, orders))


def _value(tokens: Tensor, where: Tensor, *, words: Vocabulary, among: Sequence[str]) -> Tensor:
    """Place of each word ``(N, T)`` among some; -1 for others, and where it does not count."""
    places = [among.index(word) if word in among else -1 for word in words.symbols]
    found = torch.tensor([*places, -1], device=tokens.device)[tokens]
    return torch.where(where, found, -1)


def _same(kind: Tensor, orders: Tensor) -> Tensor:
    """Whether the kinds of words are in one of the orders, ``(N,)``."""
    length = max(kind.shape[1], orders.shape[1])
    padded_both = [
        torch.nn.functional.pad(x, (0, length - x.shape[1]), value=-1)
        for x in (kind, orders.to(kind.device))
    ]
    return (padded_both[0][:, None] == padded_both[1]).all(2).any(1)


def true_of(facts: Facts, scenes: Tensor, *, kinds: Sequence[str] = ()) -> Tensor:
    """Whether all that captions state is true of scenes, bool ``(N,)``.

    The shapes of a caption are those of the scene in one of both orders.

    Args:
        facts: of the captions.
        scenes: size, colour, form, row and column of both shapes, -1 without a second one, then
            the ground, ``(N, 11)``.
        kinds: facts that count, of "size", "colour", "form", "place" and "ground"; empty for all.
    """
    scenes = scenes.long()
    there, ground = scenes[:, :10].reshape(-1, 2, 5), scenes[:, 10]
    all_kinds = ("size", "colour", "form", "place", "place")
    counts = torch.tensor([not kinds or k in kinds for k in all_kinds], device=scenes.device)
    stated = facts.shapes[:, :, None]
    same = ((stated == there[:, None]) | (stated < 0) | ~counts).all(3)
    named = facts.shapes[:, :, _FORM] >= 0
    same = (same & (there[:, None, :, _FORM] >= 0)) | ~named[:, :, None]
    straight = same[:, 0, 0] & same[:, 1, 1]
    crossed = same[:, 0, 1] & same[:, 1, 0]
    if not kinds or "place" in kinds:
        straight = straight & _holds(facts.relation, there)
        crossed = crossed & _holds(facts.relation, there.flip(1))
    right = (facts.ground == ground) | (facts.ground < 0)
    return (straight | crossed) & (right if not kinds or "ground" in kinds else True)


def alone(scenes: Tensor) -> Tensor:
    """Whether a scene ``(N, 11)`` has one shape, bool ``(N,)``."""
    return scenes[:, 5 + _FORM] < 0


def _holds(relation: Tensor, shapes: Tensor) -> Tensor:
    """Whether the first shape of ``(N, 2, 5)`` is where a relation puts it; True without one."""
    down, right = (shapes[:, 0, k] - shapes[:, 1, k] for k in (_ROW, _COLUMN))
    ways = torch.stack([right < 0, right > 0, down < 0, down > 0], 1)
    return ways.gather(1, relation.clamp(min=0)[:, None])[:, 0] | (relation < 0)
