"""N-grams against a recursion over dictionaries, and their probabilities as a whole."""

from collections import Counter, defaultdict

import pytest
import torch
from torch.testing import assert_close

from harmonium.data import Examples, stream_set
from harmonium.learning.ngrams import Ngrams, Text, text_of
from harmonium.random import generator


def drawn(length=300, symbols=5, *, seed=0):
    """A text in which each symbol depends on the two before it."""
    source = generator(seed)
    tables = torch.rand(symbols, symbols, symbols, generator=source).pow(4)
    x = [0, 1]
    for _ in range(length - 2):
        x.append(int(torch.multinomial(tables[x[-2], x[-1]], 1, generator=source)))
    return x


def text(*rows):
    place = [k for row in rows for k in range(len(row))]
    return Text(torch.tensor([s for row in rows for s in row]), torch.tensor(place))


class Reference:
    """Modified Kneser-Ney by its definition, one gram after the other."""

    def __init__(self, rows, symbols, order):
        self.symbols, self.order = symbols, order
        self.raw = [
            Counter(tuple(r[t - m : t + 1]) for r in rows for t in range(m, len(r)))
            for m in range(order)
        ]
        self.before = [Counter(g[1:] for g in self.raw[m + 1]) for m in range(order - 1)]
        self.follow = [self.following(c) for c in [*self.before, self.raw[order - 1]]]

    def following(self, counts):
        n = [sum(v == k for v in counts.values()) for k in range(5)]
        y = n[1] / (n[1] + 2 * n[2]) if n[1] else 0.5
        cut = [0.0] + [
            min(max(k - y * (k + 1) * n[k + 1] / max(n[k], 1), 0.1), k) for k in (1, 2, 3)
        ]
        by = defaultdict(dict)
        for gram, count in counts.items():
            by[gram[:-1]][gram[-1]] = (count, cut[min(count, 3)])
        return by

    def p(self, symbol, context):
        m = len(context)
        lower = self.p(symbol, context[1:]) if m else 1 / self.symbols
        seen = self.follow[m].get(tuple(context))
        if not seen:
            return lower
        total = sum(count for count, _ in seen.values())
        count, cut = seen.get(symbol, (0, 0.0))
        return (count - cut + sum(c for _, c in seen.values()) * lower) / total


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_every_probability_is_that_of_the_definition(order):
    rows, new = [drawn(), drawn(50, seed=1)], drawn(80, seed=2)
    reference = Reference(rows, 6, order)
    found = Ngrams(6, order).fit(text(*rows)).log_probs(text(new))[-1]
    expected = [reference.p(s, new[max(0, t - order + 1) : t]) for t, s in enumerate(new)]
    # at the beginning of a text, a shorter context: a lower level of the same model
    assert_close(found.exp(), torch.tensor(expected, dtype=torch.float64), rtol=1e-12, atol=0)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_lower_orders_of_a_longer_model_are_those_of_shorter_ones(order):
    rows, new = text(drawn()), text(drawn(80, seed=2))
    longest = Ngrams(5, 4).fit(rows).log_probs(new)
    assert_close(longest[:order], Ngrams(5, order).fit(rows).log_probs(new))


def test_probabilities_of_all_symbols_sum_to_one():
    model, prefix = Ngrams(7, 4).fit(text(drawn())), drawn(20, seed=3)
    # symbols 5 and 6 never occur; also after a context that never occurred
    for past in (prefix, [*prefix, 6], [*prefix, 6, 1]):
        ends = text(*[[*past, k] for k in range(7)])
        last = ends.place == len(past)
        p = model.log_probs(ends)[:, last].exp()
        assert_close(p.sum(1), torch.ones(4, dtype=torch.float64))
        assert float(p.min()) > 0


def test_what_depends_on_two_symbols_needs_three():
    rows = drawn(6000)
    model = Ngrams(5, 4).fit(text(rows[:5000]))
    cost = -model.log_probs(text(rows[5000:])).mean(1)
    assert cost[0] > cost[1] > cost[2] + 0.02
    assert cost[3] < cost[2] + 0.02


def test_rows_of_a_stream_are_one_text_and_others_are_apart():
    data = stream_set("toy", {"train": "abcabcab"}, length=3)
    joined = text_of(data.train)
    assert joined.symbols.tolist() == [0, 1, 2, 0, 1, 2, 0, 1]
    assert joined.follows.tolist() == [False, *[True] * 7]
    apart = text_of(Examples({"x": torch.tensor([[0, 1, -1], [2, 1, 0]])}))
    assert apart.symbols.tolist() == [0, 1, 2, 1, 0]
    pair = Ngrams(3, 2).fit(apart)
    # no gram reaches over the end of a text: 2 never follows 1
    assert pair.log_probs(text([1, 2]))[1, 1] < pair.log_probs(text([1, 0]))[1, 1]
