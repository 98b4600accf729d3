"""The n-gram baseline on small texts."""

import math

import pytest
import torch

from harmonium.baselines.ngram import Ngram, _cut
from harmonium.data import stream_set
from harmonium.learning.ngrams import Ngrams, Text, text_of
from tests.apply.texts import data, recipe
from tests.stages import small

SECTIONS = {"pretrain": None, "fine_tune": None, "train": {"type": "language", "epochs": 1}}


def trial(given, **changes):
    model = {**recipe()["model"], "vocabulary": len(given.vocabulary), **changes}
    return small.one(model=model, data=given, **SECTIONS)


def test_a_text_that_repeats_itself():
    found = Ngram()(trial(data()))
    assert found["token_nats"] < 0.1  # a symbol alone costs 3.1
    assert found["token_bits"] == pytest.approx(found["token_nats"] / math.log(2))


def test_the_figure_is_that_of_the_test_text_by_the_chosen_order():
    text = "abracadabra, a bad cab. " * 3 + "a car, a rad cad. "
    toy = stream_set("toy", {"train": text * 4, "test": "a bad car, abra. "}, length=6)
    found = Ngram(longest=4)(trial(toy))
    order = found["settings"]["order"]
    model = Ngrams(len(toy.vocabulary), order).fit(text_of(toy.train))
    expected = -model.log_probs(text_of(toy.test))[-1, 1:].mean()
    assert found["token_nats"] == pytest.approx(float(expected))
    assert 1 < order <= 4


def test_the_order_is_chosen_on_validation_rows():
    """Pairs that never come back in the validation text: only single symbols help there."""
    source = torch.Generator().manual_seed(0)
    held = "".join("abcd"[k] for k in torch.randint(4, (200,), generator=source).tolist())
    given = stream_set("toy", {"train": "abcd" * 50, "test": "abcd"}, length=4)
    other = stream_set("toy", {"train": "abcd" * 50, "validation": held, "test": "abcd"}, length=4)
    assert Ngram()(trial(given))["settings"]["order"] > 1
    assert Ngram()(trial(other))["settings"]["order"] == 1


def test_words_too():
    text = "to be or not to be . " * 30
    toy = stream_set("toy", {"train": text, "test": text}, length=6, unit="words")
    assert Ngram()(trial(toy))["token_nats"] < 0.1


def test_a_cut_within_a_text_begins_anew():
    text = Text(torch.arange(30), torch.cat([torch.arange(28), torch.arange(2)]))
    first, last = _cut(text)
    assert first.place.tolist() == list(range(27))
    assert last.place.tolist() == [0, 0, 1]
    assert last.symbols.tolist() == [27, 28, 29]
