"""Figures of tags by hand and of a run; the baseline."""

import pytest
import torch

from harmonium.data import Vocabulary
from harmonium.judges.tagging import tag_figures
from tests.apply.tags import run
from tests.stages import small

KNOWN = Vocabulary(("<unknown>", "ann", "lee"), "words")


def test_figures_by_hand():
    words = torch.tensor([[1, 2, 0], [0, -1, -1]])
    true = torch.tensor([[0, 1, 2], [0, -1, -1]])
    found = torch.tensor([[0, 1, 2], [2, 0, 0]])
    figures = tag_figures(found, true, words=words, known=KNOWN, names=("B-N", "I-N", "O"))
    assert figures == {
        "tag_accuracy": 0.75,
        "new_word_accuracy": 0.5,
        "span_f1": pytest.approx(2 / 3),
        "span_precision": 1.0,
        "span_recall": 0.5,
    }


def test_where_there_are_no_spans_or_new_words():
    tags = torch.tensor([[0, 0]])
    assert tag_figures(tags, tags, words=tags + 1, known=KNOWN, names=("O",)) == {
        "tag_accuracy": 1.0
    }


def test_a_run_that_has_learned_and_its_baseline():
    (trial,) = run().results["trials"]
    assert trial["methods"]["tagger"]["tag_accuracy"] == 1.0
    assert trial["methods"]["tagger"]["span_f1"] == 1.0
    assert trial["methods"]["most_frequent_tag"]["tag_accuracy"] == 1.0


def test_what_it_cannot_judge():
    with pytest.raises(ValueError, match="judge tagging: .*"):
        small.tasks(judge=["tagging"])
