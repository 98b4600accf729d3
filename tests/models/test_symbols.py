"""A net from symbols to symbols meets its data."""

import pytest
import torch

from harmonium.data import stream_set
from harmonium.errors import UsageError
from harmonium.models import adapted
from harmonium.nets import Transducer
from tests.apply.sequences import data


def model(sources=2, targets=2):
    return adapted(Transducer(sources, targets, embedding=2, hidden=2))


def test_it_takes_the_symbols_over():
    made = model()
    made.meet(data())
    assert [known.symbols for known in made.vocabularies] == [("a", "b"), ("A", "B")]
    made.check(data().train.batch(slice(None)))
    assert made.width == 0


def test_other_symbols_are_refused():
    with pytest.raises(UsageError, match="it knows 3 targets, but capitals has 2: make targets 2"):
        model(targets=3).meet(data())
    with pytest.raises(UsageError, match="its sources are other symbols than those of capitals"):
        model(sources=["b", "a"]).meet(data())
    with pytest.raises(UsageError, match="it writes sequences, and toy has none to write"):
        model().meet(stream_set("toy", {"train": "abba"}, length=2))


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (torch.zeros(2, 3), "indices of 2 symbols are needed"),
        (torch.tensor([[2]]), "indices of 2 symbols are needed"),
        (torch.tensor([[0], [-1]]), r"row 1 \(from 0\) is empty"),
    ],
)
def test_rows_that_are_no_sequences_are_refused(x, message):
    with pytest.raises(UsageError, match=message):
        model().check({"x": x})
