"""Writes trees in brackets with the class that a run finds for every node."""

from __future__ import annotations

from pathlib import Path

import torch

from harmonium.apply.tables import new_file
from harmonium.apply.trained import Trained
from harmonium.data import Examples, Tree, Trees, longest_of, trees_of

__all__ = ["BRACKETS", "bracketed", "write_brackets"]

BRACKETS = (".txt",)
"""Suffixes of files of brackets."""


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


def write_brackets(
    path: Path, trained: Trained, *, split: Examples, overwrite: bool = False
) -> int:
    """Writes them to a text file, one a line; returns their number.

    Raises:
        FileExistsError: there is such a file, and ``overwrite`` is False.
        ValueError: as ``bracketed``.
    """
    found = bracketed(trained, split)
    with new_file(path, suffixes=BRACKETS, overwrite=overwrite) as part:
        part.write_text("".join(f"{tree}\n" for tree in found), encoding="utf-8")
    return len(found)
