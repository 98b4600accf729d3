"""Arithmetic of pictures and words: a picture, minus some words, plus others."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn.functional import normalize

from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.judges.cross_modal import Embed, parts_of
from harmonium.learning.objectives.ranking import similarities
from harmonium.needs import Needs
from harmonium.random import generator
from harmonium.stages.trial import Trial

__all__ = ["SwappedWords", "Swaps", "answers", "swaps"]

_SEED = 31415


@dataclass(frozen=True)
class SwappedWords:
    r"""Whether a picture minus some words plus others is near the picture that has those.

    .. math:: z(a) - w(X) + w(Y) \approx z(b)

    z and w are codes of a picture and of words, of unit length (Kiros, Salakhutdinov and Zemel,
    2014, https://arxiv.org/abs/1411.2539, section 3.3). The questions follow from the words alone:
    a change X to Y is used if rows with at least ``contexts`` different sets of other words differ
    by it, such as blue to red of a circle, a square and a cross. A question starts at a test row a
    whose words hold X; the answer is the nearest picture of any other row, and right if its words
    are those of a with Y in place of X, each of them. Chance is the share of such rows.

    The mean is over starts, each with the share of its questions that are right, because questions
    of the same start are not independent. Two controls: the nearest picture without arithmetic,
    and the picture nearest to Y alone.

    Args:
        asks: name of the part that holds the words, 0 or 1 each.
        finds: name of the part of pictures.
        contexts: different sets of other words for which a change must occur.
        most: words that a change may take away or add; null for any number.
        rows: test rows, then training rows, that are used, at most.
    """

    needs: ClassVar[Needs] = Needs(model=("embeds parts",), data=("joined", "train", "test"))

    asks: str = "words"
    finds: str = "picture"
    contexts: Count = 3
    most: Count | None = None
    rows: Count = 2000

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``swap_accuracy`` with its standard error, ``swap_chance``, and the controls.

        Raises:
            ValueError: a row has no such parts, or no change of words occurs often enough.
        """
        kind = parts_of(trial.data, self.asks, self.finds)
        test = trial.data.test
        assert test is not None
        x = torch.cat([test.x[:], trial.data.train.x[:]])[: self.rows]
        words, pictures = x[:, kind.spans[self.asks]], x[:, kind.spans[self.finds]]
        asked = swaps(words > 0.5, starts=len(test), contexts=self.contexts, most=self.most)
        if not len(asked.start):
            raise UsageError(
                f"judge swapped_words: no change of words at a test row occurs with "
                f"{self.contexts} sets of other words: set contexts lower"
            )
        embed = trial.able("embeds parts").embed
        return answers(embed, asked, parts={self.asks: words, self.finds: pictures})


@dataclass(frozen=True, eq=False)
class Swaps:
    """Questions: the rows at which they start, the words that they change, what is right.

    Args:
        start: row a of each question, ``(Q,)``.
        less: X, words that are taken away, ``(Q, K)``, bool.
        more: Y, words that are added, ``(Q, K)``, bool.
        right: index of the set of words of each row, and of the right one, ``(N,)`` and ``(Q,)``.
    """

    start: Tensor
    less: Tensor
    more: Tensor
    right: tuple[Tensor, Tensor]


def swaps(has: Tensor, *, starts: int, contexts: int, most: int | None = None) -> Swaps:
    """The questions of rows by the rule of ``SwappedWords``.

    Args:
        has: words of each row, ``(N, K)``, bool.
        starts: the first rows, at which questions start.
        contexts: different sets of shared words with which a change occurs.
        most: words on each side of a change; None for any number.

    >>> has = torch.tensor([[1, 0, 1, 0], [0, 1, 1, 0], [1, 0, 0, 1], [0, 1, 0, 1]]).bool()
    >>> found = swaps(has, starts=1, contexts=2)
    >>> found.start.tolist(), found.less.int().tolist(), found.more.int().tolist()
    ([0, 0], [[1, 0, 0, 0], [0, 0, 1, 0]], [[0, 1, 0, 0], [0, 0, 0, 1]])
    """
    sets, own = has.unique(dim=0, return_inverse=True)
    n, k = sets.shape
    number = torch.randint(  # sums of random numbers tell sets of words apart
        1 << 40, (k,), generator=generator(_SEED), dtype=torch.int64
    ).to(has.device)
    total = (sets.long() * number).sum(1)
    both = sets.double() @ sets.double().mT
    size = sets.sum(1)
    one, two = (size[:, None] - both).long(), (size - both).long()  # words less, words more
    able = (one > 0) & (two > 0) & (both > 0)
    if most is not None:
        able &= (one <= most) & (two <= most)
    a, b = able.nonzero().unbind(1)
    # sets are different, so that each pair of a change has its own shared words
    change, count = (total[b] - total[a]).unique(return_inverse=True, return_counts=True)[1:]
    kept = count[change] >= contexts
    a, b = a[kept], b[kept]
    row, pair = (own[:starts, None] == a).nonzero().unbind(1)
    a, b = a[pair], b[pair]
    return Swaps(row, sets[a] & ~sets[b], sets[b] & ~sets[a], (own, b))


def answers(embed: Embed, asked: Swaps, *, parts: dict[str, Tensor]) -> dict[str, Any]:
    """The figures of ``SwappedWords``.

    Args:
        embed: codes of a part.
        asked: questions.
        parts: name -> values ``(N, D_part)`` of the words, then of the pictures.
    """
    (asks, words), (finds, pictures) = parts.items()
    own, right = asked.right
    z = embed(finds, pictures)
    less, more = (embed(asks, part.to(words)) for part in (asked.less, asked.more))
    begin = z[asked.start]
    queries = {
        "swap_accuracy": normalize(begin - less + more, dim=1),
        "swap_without": begin,
        "swap_words_alone": more,
    }
    starts, place = asked.start.unique(return_inverse=True)

    def by_start(hit: Tensor) -> Tensor:
        total = torch.zeros(len(starts), dtype=torch.float64, device=hit.device)
        return total.index_add_(0, place, hit.double()) / place.bincount()

    figures: dict[str, Any] = {}
    for name, query in queries.items():
        scores = similarities(query, z)
        scores.scatter_(1, asked.start[:, None], -torch.inf)  # the start is no answer
        each = by_start(own[scores.argmax(1)] == right)
        figures[name] = float(each.mean())
        if name == "swap_accuracy":
            spread = float(each.std()) if len(each) > 1 else float("nan")
            figures["swap_accuracy_stderr"] = spread / len(each) ** 0.5
    chance = (own == right[:, None]).double().sum(1) / (len(own) - 1)
    figures["swap_chance"] = float(by_start(chance).mean())
    return {**figures, "swaps": len(right), "starts": len(starts)}
