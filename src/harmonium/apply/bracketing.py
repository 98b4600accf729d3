"""Trees in brackets, with the class that a run finds for every node."""

from __future__ import annotations

import torch

from harmonium.apply.trained import Trained
from harmonium.data import Examples, Tree, Trees, longest_of, trees_of

__all__ = ["bracketed"]


@torch.no_grad()
def bracketed(trained: Trained, split: Examples) -> list[Tree]:
    """The trees of rows, with the most probable class as the label of every node.

    Words that the run does not know are "<?>" where the rows have no names.

    Raises:
        ValueError: no model of the run reads trees.
    """
    model = trained.able("nodes")
    kind = Trees(trained.features, longest_of(trained.width))
    classes = [*map(str, trained.classes)]
    found: list[Tree] = []
    for at, batch in trained.batches(split, model):
        taken = model.node_log_probs(batch).argmax(2).tolist()
        labels = [[classes[k] for k in row] for row in taken]
        words = None if split.names is None else split.names[at]
        found += trees_of(split.x[at], kind, labels=labels, sentences=words)
    return found
