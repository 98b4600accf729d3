"""Costs and continuations against enumeration of all short texts."""

import itertools

import pytest
import torch

from harmonium.errors import UsageError
from harmonium.nets import LanguageNet, continuing
from harmonium.nets.continuing import continued, next_log_probs
from harmonium.nets.recurrent import LSTM
from harmonium.random import seeded
from harmonium.sampling.picking import Pick


def net(scale=2.0):
    with seeded(0):
        made = LanguageNet(3, LSTM(4, 6)).double().eval()
    with torch.no_grad():
        for p in made.parameters():
            p.mul_(scale)
    return made


def test_probabilities_of_all_texts_sum_to_one():
    made = net()
    texts = torch.tensor([(1, *rest) for rest in itertools.product(range(3), repeat=4)])
    total = next_log_probs(made, texts).sum(1).exp().sum()
    torch.testing.assert_close(total, torch.tensor(1.0).double())


def test_a_long_text_in_pieces_costs_the_same(monkeypatch):
    made, text = net(), torch.randint(3, (2, 50))
    whole = next_log_probs(made, text)
    monkeypatch.setattr(continuing, "_PIECE", 7)
    torch.testing.assert_close(next_log_probs(made, text), whole)


def test_places_without_symbol_cost_nothing():
    made = net()
    short, long = torch.tensor([[0, 1, 2]]), torch.tensor([[0, 1, 2, -1, -1]])
    found = next_log_probs(made, long)
    assert found[0, 2:].tolist() == [0, 0]
    torch.testing.assert_close(found[:, :2], next_log_probs(made, short))


def test_drawn_texts_have_their_probabilities():
    made, n = net(), 60_000
    prompt = torch.tensor([[0, 2]])
    drawn = continued(
        made, prompt.expand(n, -1), length=2, source=torch.Generator().manual_seed(0)
    )
    texts = torch.tensor([(0, 2, *rest) for rest in itertools.product(range(3), repeat=2)])
    p = next_log_probs(made, texts)[:, 1:].sum(1).exp()
    found = torch.bincount(drawn[:, 0] * 3 + drawn[:, 1], minlength=9).double() / n
    assert bool(((found - p).abs() < 5 * (p * (1 - p) / n).sqrt()).all())
    wrong = torch.full_like(p, 1 / 9)
    assert bool(((found - wrong).abs() > 5 * (p * (1 - p) / n).sqrt()).any())


def test_greedy_continuation_takes_the_most_probable_symbols():
    made = net()
    drawn = continued(made, torch.tensor([[1]]), length=5, pick=Pick(0))
    tokens = torch.tensor([[1]])
    for k in range(5):
        best = made(tokens)[0][:, -1].argmax(-1)
        assert drawn[0, k] == best
        tokens = torch.cat([tokens, best[:, None]], 1)
    assert continued(made, torch.tensor([[1]]), length=0).shape == (1, 0)
    with pytest.raises(UsageError, match="the prompt is empty"):
        continued(made, torch.zeros(1, 0, dtype=torch.int64), length=3)
