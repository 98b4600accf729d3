"""Search across kinds of data: pictures by words, and words by pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.data import DataSet, Examples, Joined
from harmonium.errors import UsageError
from harmonium.learning.objectives.ranking import similarities
from harmonium.learning.ranked import precision_of_first
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["CrossModal", "Embed", "both_ways", "parts_of", "places"]

Embed = Callable[[str, Tensor], Tensor]
"""Name of a part and its values ``(B, D_part)`` -> codes of unit length ``(B, k)``."""

_RECALLS = 1, 5, 10
_SAME = 1e-6
"""Cosines that differ by less are equal."""


@dataclass(frozen=True)
class CrossModal:
    r"""How well test pictures are found by words, and words by pictures, in one space.

    The picture of each test row is sought among all of them by all words of the row, and the words
    of a row by its picture. ``search_recall_k`` is the share of rows whose picture is among the
    first k, ``annotation_recall_k`` that of words; ranks are medians. Rows with the same words
    find each other's words equally well, and are both right. (Kiros, Salakhutdinov and Zemel,
    2014, https://arxiv.org/abs/1411.2539, table 1.)

    Single words ask too: ``search_precision`` is the share of the first pictures that have a word,
    the mean over the words that ``at`` test rows have or more; ``annotation_precision`` is the
    share of the nearest single words that a picture has, the mean over test rows with words.

    Args:
        asks: name of the part that holds the words, 0 or 1 each.
        finds: name of the other part, such as pictures.
        at: number of first pictures, or words, for the two precisions.
    """

    needs: ClassVar[Needs] = Needs(model=("embeds parts",), data=("joined", "test"))

    asks: str = "words"
    finds: str = "picture"
    at: Count = 5

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """The figures, and the number of test ``rows``.

        Raises:
            ValueError: a row has no such parts.
        """
        kind = parts_of(trial.data, self.asks, self.finds)
        test, model = trial.data.test, trial.able("embeds parts")
        assert test is not None
        return both_ways(model.embed, test, kind=kind, names=(self.asks, self.finds), at=self.at)


def parts_of(data: DataSet, *names: str) -> Joined:
    """The kind of rows that have these parts.

    Raises:
        ValueError: they do not.
    """
    kind = data.columns["x"]
    assert isinstance(kind, Joined)
    for name in names:
        if name not in kind.spans:
            raise UsageError(f"no part {name!r} in a row of {data.name}: {', '.join(kind.spans)}")
    return kind


def both_ways(
    embed: Embed, rows: Examples, *, kind: Joined, names: tuple[str, str], at: int
) -> dict[str, Any]:
    """Figures of a search among rows, see ``CrossModal``.

    Args:
        embed: codes of a part.
        rows: to search among.
        kind: parts of a row.
        names: of the words, and of the part that they find.
        at: length of the list for precisions.
    """
    asks, finds = names
    x = rows.x[:]
    values = x[:, kind.spans[asks]]
    words, pictures = embed(asks, values), embed(finds, x[:, kind.spans[finds]])
    single = embed(asks, torch.eye(values.shape[1], dtype=x.dtype, device=x.device))
    has, s = values > 0.5, similarities(words, pictures)
    figures: dict[str, Any] = {}
    for name, scores in (("search", s), ("annotation", s.mT)):
        rank = places(scores)
        figures |= {f"{name}_recall_{k}": float((rank <= k).double().mean()) for k in _RECALLS}
        figures[f"{name}_rank"] = float(rank.double().median())
    alone = similarities(single, pictures)
    often, some = has.sum(0) >= at, has.any(1)
    found = precision_of_first(alone[often], has.mT[often], k=at)
    told = precision_of_first(alone.mT[some], has[some], k=at)
    for name, each in (("search", found), ("annotation", told)):
        figures[f"{name}_precision"] = float(each.mean())
        spread = float(each.std()) if len(each) > 1 else float("nan")
        figures[f"{name}_precision_stderr"] = spread / max(len(each), 1) ** 0.5
    return {**figures, "rows": len(x)}


def places(scores: Tensor) -> Tensor:
    """Place of the own answer of each row, from 1, ``(N, N) -> (N,)``; equal scores share it.

    >>> places(torch.tensor([[0.9, 0.1, 0.0], [0.5, 0.2, 0.1], [0.3, 0.3, 0.3]]))
    tensor([1, 2, 1])
    """
    return (scores > scores.diagonal()[:, None] + _SAME).sum(1) + 1
