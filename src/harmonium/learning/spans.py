"""Spans of tags, such as the words of a name, and how many of them are found."""

from collections.abc import Sequence

import torch
from torch import Tensor

__all__ = ["span_counts"]


def span_counts(found: Tensor, true: Tensor, *, names: Sequence[str]) -> tuple[int, int, int]:
    """Numbers of spans that are right, of those that were found, and of the true ones.

    A tag B-X begins a span of type X, and I-X continues it; an I-X that follows no tag of type X
    begins one, as in the evaluation of the CoNLL tasks. Any other tag but O is a type by itself,
    whose spans are its runs. A span is right if it begins and ends at the same words and has the
    same type.

    Args:
        found: indices of tags ``(B, T)``, -1 after the end.
        true: indices of tags ``(B, T)``, -1 after the end, where nothing is counted.
        names: of the tags.

    >>> names, true = ("B-X", "I-X", "O"), torch.tensor([[0, 1, 2, 0]])
    >>> span_counts(torch.tensor([[0, 2, 2, 0]]), true, names=names)
    (1, 2, 2)
    """
    one, other = (_spans(tags.masked_fill(true < 0, -1), names) for tags in (found, true))
    return int(torch.isin(one, other).sum()), len(one), len(other)


def _spans(tags: Tensor, names: Sequence[str]) -> Tensor:
    """A number for each span, different for different rows, beginnings, ends or types."""
    kinds = sorted({_kind(name) for name in names} - {"O"})
    places = {"O": -1, **{kind: k for k, kind in enumerate(kinds)}}
    kind_of = torch.tensor([*(places[_kind(name)] for name in names), -1], device=tags.device)
    begins_of = torch.tensor(
        [*(name.startswith("B-") for name in names), False], device=tags.device
    )
    kind, begins = kind_of[tags], begins_of[tags]
    edge = kind.new_full((len(kind), 1), -1)
    before = torch.cat([edge, kind[:, :-1]], 1)
    starts = (kind >= 0) & (begins | (before != kind))
    after = torch.cat([kind[:, 1:], edge], 1)
    restarts = torch.cat([starts[:, 1:], torch.zeros_like(starts[:, :1])], 1)
    ends = (kind >= 0) & (restarts | (after != kind))
    rows, first = starts.nonzero().unbind(1)
    last = ends.nonzero()[:, 1]  # as many, in the same order
    width = tags.shape[1] + 1
    return ((rows * width + first) * width + last) * max(len(kinds), 1) + kind[rows, first]


def _kind(name: str) -> str:
    return name[2:] if name[:2] in {"B-", "I-"} else name
