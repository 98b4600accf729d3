"""Pairs of sentences with and without "not"."""

import pytest

from harmonium.data import Trees
from harmonium.judges.negation import negations
from tests.judges.lookup import WORDS, Lookup


@pytest.mark.parametrize(("turns", "share"), [(False, 0.0), (True, 1.0)])
def test_only_a_net_that_turns_polarity_understands_negations(turns, share):
    kind = Trees(WORDS, longest=6)
    pairs = negations(Lookup(kind, turns=turns), kind)
    assert len(pairs.words) == 42
    assert pairs.shares() == {
        "negated_positive": share,
        "negated_negative": share,
        "negation_accuracy": share,
    }


def test_without_the_words_there_are_no_pairs():
    for kind in (Trees(("good", "bad"), longest=6), Trees(WORDS, longest=5)):
        assert negations(Lookup(kind), kind) is None
