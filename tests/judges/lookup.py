"""A model of trees that adds up the words of a sentence, and may know what "not" does."""

import torch

from harmonium.judges.negation import NEGATIVE, POSITIVE

__all__ = ["WORDS", "Lookup"]

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
