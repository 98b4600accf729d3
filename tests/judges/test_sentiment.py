"""Accuracy of nodes and of polarity against counts by hand."""

from types import SimpleNamespace

import pytest

from harmonium.data import read_tree, tree_set
from harmonium.judges.sentiment import Sentiment
from tests.judges.lookup import WORDS, Lookup


def trial_of(lines, model_of=Lookup):
    found = [read_tree(line) for line in lines]
    data = tree_set("t", {"train": found, "test": found}, words=WORDS, longest=6, classes=range(5))
    model = model_of(data.columns["x"])
    return SimpleNamespace(
        data=data, able=lambda *_: model, labelled=lambda split: split.labelled()
    )


def test_figures_are_shares_of_nodes_and_roots():
    found = Sentiment()(
        trial_of(
            [
                "(3 (2 film) (3 good))",  # all three are right
                "(1 (2 film) (4 good))",  # the root is wrong; the word of the right side
                "(2 (2 film) (1 bad))",  # the root is neutral, and said to be negative
                "(? (2 film) (? bad))",  # left out: its root has no label
            ]
        )
    )
    assert found["node_accuracy"] == pytest.approx(6 / 9)
    assert found["binary_accuracy"] == pytest.approx(1 / 2)
    assert found["binary_node_accuracy"] == pytest.approx(4 / 5)
