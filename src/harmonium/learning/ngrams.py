r"""N-grams with Kneser-Ney smoothing: the next symbol from counts of the symbols before it.

.. math:: p_m(x \mid c) = \frac{\max(a(c x) - D(a(c x)), 0)}{\sum_y a(c y)}
          + \gamma(c) \, p_{m-1}(x \mid c'), \qquad p_{-1}(x) = 1 / K

where c are the m symbols before, c' is c without its first one, and :math:`\gamma(c)` is the mass
that the discounts D took. At the longest context a is the number of occurrences. At shorter ones
it is the number of different symbols that stand before c x: how many contexts a symbol completes
says more of a new context than how often it does. There are three discounts, of grams seen once,
twice, and more often (modified Kneser-Ney: Chen and Goodman, 1999,
https://doi.org/10.1006/csla.1999.0128).
"""

from dataclasses import dataclass
from typing import Self

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.data import Examples, Tokens

__all__ = ["Ngrams", "Text", "text_of"]

_LEAST = 0.1
"""Smallest discount: symbols that never followed a context keep some probability."""


@dataclass(frozen=True)
class Text:
    """Symbols of one or several texts, one after the other.

    Args:
        symbols: their indices ``(T,)``.
        place: of each symbol in its own text, from 0, ``(T,)``.
    """

    symbols: Tensor
    place: Tensor

    @property
    def follows(self) -> Tensor:
        """Whether each symbol follows another one, bool ``(T,)``."""
        return self.place > 0


def text_of(rows: Examples) -> Text:
    """The texts of rows; the rows of a stream are one text, others are one text each.

    >>> text_of(Examples({"x": torch.tensor([[3, 1, -1], [2, 0, 1]])})).place.tolist()
    [0, 1, 0, 1, 2]
    """
    x, kind = rows.x[:].cpu(), rows.kinds.get("x")
    if isinstance(kind, Tokens) and kind.stream:
        stream = kind.joined(x)
        return Text(stream, torch.arange(len(stream)))
    there = x >= 0
    return Text(x[there], torch.arange(x.shape[1]).expand_as(x)[there])


@dataclass(frozen=True)
class _Grams:
    """Different grams of one length in a text.

    ``code`` is sorted: first symbol times the number of shorter grams, plus index of the rest.
    """

    code: Tensor
    context: Tensor
    """Index of each gram without its last symbol, among the grams that are one shorter."""
    count: Tensor
    """Occurrences of each gram."""
    before: Tensor
    """Number of different symbols that stand before each gram."""


@dataclass(frozen=True)
class _Level:
    """Probabilities of one length of context, by counts of grams."""

    kept: Tensor
    """Discounted count of each gram, over the sum of its context."""
    passed: Tensor
    """Mass that each context passes on to shorter ones; 1 for one without counts."""


@checked
class Ngrams:
    """Kneser-Ney estimates from contexts of up to ``order - 1`` symbols.

    Args:
        symbols: K, size of the vocabulary.
        order: length of the longest grams.

    >>> x = torch.tensor([0, 1, 2] * 20)
    >>> text = Text(x, torch.arange(60))
    >>> Ngrams(3, 3).fit(text).log_probs(text)[:, -1].exp()
    tensor([0.3333, 0.9000, 0.9000], dtype=torch.float64)
    """

    def __init__(self, symbols: Count, order: Count) -> None:
        self.symbols, self.order = int(symbols), int(order)

    def fit(self, text: Text) -> Self:
        """Counts the grams of a text."""
        self._grams: list[_Grams] = []
        shorter, codes = _none_before(text), []
        tables: list[tuple[Tensor, Tensor, Tensor]] = []
        for m in range(self.order):
            here, code = self._coded(text, m, shorter=shorter, size=self._size(tables))
            table, index, count = code.unique(return_inverse=True, return_counts=True)
            found = torch.full_like(shorter, -1)
            found[here] = index
            context = torch.zeros(len(table), dtype=torch.int64)
            if m:
                context[index] = shorter[here - 1]
            tables.append((table, context, count))
            codes.append(found)
            shorter = found
        for m, (table, context, count) in enumerate(tables):
            size, longer = len(table), tables[m + 1][0] if m + 1 < self.order else None
            before = count if longer is None else (longer % size).bincount(minlength=size)
            self._grams.append(_Grams(table, context, count, before))
        return self

    def log_probs(self, text: Text) -> Tensor:
        """log p of every symbol by models of order 1 to ``order``, in nats, ``(order, T)``.

        The contexts of symbols at the beginning of a text are shorter.
        """
        lower = torch.full(text.symbols.shape, 1 / self.symbols, dtype=torch.float64)
        shorter, found = _none_before(text), []
        for m, grams in enumerate(self._grams):
            size = len(self._grams[m - 1].code) if m else 1
            here, code = self._coded(text, m, shorter=shorter, size=size)
            place = torch.searchsorted(grams.code, code).clamp(max=len(grams.code) - 1)
            index = torch.full_like(shorter, -1)
            index[here] = torch.where(grams.code[place] == code, place, -1)
            context = shorter.roll(1) if m else torch.zeros_like(shorter)
            context[text.place < m] = -1
            levels = [_level(grams, a, size=size) for a in (grams.count, grams.before)]
            top, lower = (_mixed(level, index, context=context, lower=lower) for level in levels)
            found.append(top.log())
            shorter = index
        return torch.stack(found)

    def _size(self, tables: list[tuple[Tensor, Tensor, Tensor]]) -> int:
        return len(tables[-1][0]) if tables else 1

    def _coded(self, text: Text, m: int, *, shorter: Tensor, size: int) -> tuple[Tensor, Tensor]:
        """Places at which a gram of m + 1 symbols ends whose last m are known, and its code."""
        here = ((text.place >= m) & (shorter >= 0)).nonzero().flatten()
        return here, text.symbols[here - m] * size + shorter[here]


def _none_before(text: Text) -> Tensor:
    """Index of the empty gram at every place."""
    return torch.zeros_like(text.symbols)


def _level(grams: _Grams, count: Tensor, *, size: int) -> _Level:
    """Discounts the counts of grams, of which ``size`` contexts have some."""
    once, twice, thrice, four = (float((count == k).sum()) for k in (1, 2, 3, 4))
    y = once / (once + 2 * twice) if once else 0.5
    ratios = (2 * twice / max(once, 1), 3 * thrice / max(twice, 1), 4 * four / max(thrice, 1))
    cuts = [min(max(k - y * ratio, _LEAST), k) for k, ratio in enumerate(ratios, start=1)]
    discount = torch.tensor([0.0, *cuts], dtype=torch.float64)[count.clamp(max=3)]
    total, taken = (
        torch.zeros(size, dtype=torch.float64).index_add(0, grams.context, x)
        for x in (count.double(), discount)
    )
    kept = (count - discount) / total[grams.context].clamp(min=1)
    return _Level(kept, torch.where(total > 0, taken / total.clamp(min=1), 1.0))


def _mixed(level: _Level, index: Tensor, *, context: Tensor, lower: Tensor) -> Tensor:
    """p of symbols from their grams and contexts, -1 for unknown ones, ``(T,)``."""
    passed = torch.where(context >= 0, level.passed[context.clamp(min=0)], 1.0)
    kept = torch.where(index >= 0, level.kept[index.clamp(min=0)], 0.0)
    return kept + passed * lower
