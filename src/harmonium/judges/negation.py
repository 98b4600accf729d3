"""Sentences about a film and their negations, and what a net over trees finds in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from harmonium.data import Tree, Trees, read_tree, tree_rows

if TYPE_CHECKING:
    from harmonium.models import ClassifiesNodes

__all__ = ["NEGATIVE", "POSITIVE", "Negations", "negations", "polarity"]

POSITIVE = (
    *("good", "great", "funny", "entertaining", "enjoyable", "wonderful", "brilliant"),
    *("charming", "clever", "fascinating", "beautiful", "moving", "powerful", "smart"),
    *("interesting", "fresh", "touching", "excellent", "engaging", "amusing", "fun"),
)
NEGATIVE = (
    *("bad", "dull", "boring", "terrible", "awful", "stupid", "silly", "tedious", "lame"),
    *("predictable", "pointless", "ridiculous", "bland", "annoying", "tiresome", "lifeless"),
    *("mediocre", "unfunny", "sloppy", "weak", "ugly"),
)
"""21 adjectives of each kind, as many as in section 5.4 of Socher et al. (2013)."""

_LENGTH = 6
"""Words of the longer sentence."""

_PLAIN = "(? (? (? the) (? film)) (? (? (? is) (? {})) (? .)))"
_NEGATED = "(? (? (? the) (? film)) (? (? (? (? is) (? not)) (? {})) (? .)))"


@dataclass(frozen=True)
class Negations:
    """Probabilities of the polarity of "the film is ..." and "the film is not ...".

    Args:
        words: the adjectives that the vocabulary has.
        plain: probabilities of negative and positive of the sentence, ``(words, 2)``.
        negated: the same with "not".
        good: whether each adjective is of the positive ones.
    """

    words: tuple[str, ...]
    plain: Tensor
    negated: Tensor
    good: Tensor

    def shares(self) -> dict[str, float]:
        """Shares of pairs that are right, of positive, of negative and of all adjectives.

        A negated positive sentence is right if negative is more probable than positive; a negated
        negative one if it is less negative, relative to positive, than the plain one: "not
        terrible" need not be good. (Socher et al., 2013, section 5.4.)
        """
        turned = self.negated[:, 0] > self.negated[:, 1]
        lifted = self.negated.diff(dim=1) > self.plain.diff(dim=1)
        right = torch.where(self.good, turned, lifted[:, 0]).double()
        groups = {
            "negated_positive": right[self.good],
            "negated_negative": right[~self.good],
            "negation_accuracy": right,
        }
        return {name: float(group.mean()) for name, group in groups.items() if len(group)}


def negations(model: ClassifiesNodes, kind: Trees) -> Negations | None:
    """Reads every pair of sentences.

    None if the vocabulary lacks "not" or every adjective, or trees may not have six words.
    """
    there = set(kind.words)
    words = tuple(word for word in (*POSITIVE, *NEGATIVE) if word in there)
    if "not" not in there or not words or kind.longest < _LENGTH:
        return None
    like = next(model.parameters())
    plain, negated = (
        polarity(model, tree_rows(_sentences(frame, words), kind).to(like))
        for frame in (_PLAIN, _NEGATED)
    )
    good = torch.tensor([word in POSITIVE for word in words])
    return Negations(words, plain, negated, good)


def polarity(model: ClassifiesNodes, x: Tensor) -> Tensor:
    """Probability that the root of each tree is negative, and positive, ``(B, 2)``.

    Classes are in order: the lower half is negative, the upper half positive, and the middle one
    of an odd number neither.
    """
    p = model.log_probs({"x": x}).exp()
    return halves(p)


def halves(p: Tensor) -> Tensor:
    """Sums over the lower and the upper half of the last axis, ``(..., K) -> (..., 2)``."""
    half = p.shape[-1] // 2
    return torch.stack([p[..., :half].sum(-1), p[..., -half:].sum(-1)], -1)


def _sentences(frame: str, words: tuple[str, ...]) -> list[Tree]:
    return [read_tree(frame.format(word)) for word in words]
