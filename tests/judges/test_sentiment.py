"""Accuracy of nodes, of polarity, and of negations, against counts by hand."""

from types import SimpleNamespace

import pytest
import torch

from harmonium.data import Trees, read_tree, tree_set
from harmonium.judges.negation import NEGATIVE, POSITIVE, negations
from harmonium.judges.sentiment import Sentiment

WORDS = ("the", "film", "is", "not", ".", *POSITIVE, *NEGATIVE)


class Lookup:
    """A model that gives each node a class by its word, and joints the class of the right part."""

    def __init__(self, kind, *, turns=False):
        self.kind, self.turns = kind, turns
        self.like = torch.nn.Parameter(torch.zeros(()))

    def parameters(self, recurse=True):
        yield self.like

    def batches(self, rows, size):
        return rows.batches(size)

    def node_log_probs(self, batch):
        code, left, _ = batch["x"].reshape(len(batch["x"]), 3, -1).unbind(1)
        found = torch.full(code.shape, 2)
        for b, row in enumerate(code.tolist()):
            for i, c in enumerate(row):
                word = self.kind.words[int(c) - 2] if c > 1 else ""
                if c == -1:
                    parts = [int(found[b, int(left[b, i])]), int(found[b, i - 1])]
                    total = 2 + sum(p - 2 for p in parts)
                    found[b, i] = max(0, min(4, total))
                    below = self.words_below(row, int(left[b, i]), left[b])
                    if self.turns and below == {"is", "not"}:
                        found[b, i] = 4 - found[b, i]
                elif word in POSITIVE or word in NEGATIVE:
                    found[b, i] = 3 if word in POSITIVE else 1
        return torch.nn.functional.one_hot(found, 5).double().add(1e-3).log().log_softmax(-1)

    def words_below(self, row, i, left):
        if row[i] > 1:
            return {self.kind.words[int(row[i]) - 2]}
        if row[i] != -1:
            return set()
        return self.words_below(row, int(left[i]), left) | self.words_below(row, i - 1, left)

    def log_probs(self, batch):
        n = (batch["x"].reshape(len(batch["x"]), 3, -1)[:, 0] != 0).sum(1)
        return self.node_log_probs(batch)[torch.arange(len(n)), n - 1]


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
    kind = Trees(("good", "bad"), longest=6)
    assert negations(Lookup(kind), kind) is None
