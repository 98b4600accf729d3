"""Random trees, and nets over them in float64."""

import torch

from harmonium.data import Trees, read_tree, tree_rows, tree_set
from harmonium.nets.trees import RNTN, RecursiveNet, TreeLSTM
from harmonium.random import seeded
from tests.nets.trees.reference import WORDS, drawn

__all__ = ["KIND", "LONGEST", "NETS", "columns", "forest", "made"]

NETS = (RecursiveNet, RNTN, TreeLSTM)
LONGEST = 9
KIND = Trees(WORDS[:-1], LONGEST)
"""Without the last word, so that some leaves are unknown."""


def forest(count=12, seed=0):
    source = torch.Generator().manual_seed(seed)
    sizes = [1, LONGEST, *torch.randint(1, LONGEST + 1, (count - 2,), generator=source).tolist()]
    return [read_tree(drawn(source, leaves)) for leaves in sizes]


def made(kind, size=4):
    """A net in float64, far enough from its start that every part counts."""
    with seeded(1):
        net = kind(len(KIND.words), size, classes=3, longest=LONGEST).double()
    source = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for p in net.parameters():
            p.add_(0.3 * torch.randn(p.shape, generator=source, dtype=torch.float64))
    return net


def columns(found):
    data = tree_set(
        "trees", {"train": found}, words=KIND.words, longest=LONGEST, classes=(0, 1, 2)
    )
    return {name: rows for name, rows in data.train.columns.items()} | {
        "x": tree_rows(found, KIND).double()
    }
