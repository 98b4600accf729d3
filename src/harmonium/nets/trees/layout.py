"""The nodes of a batch of trees, level by level, so that each level is one product."""

from dataclasses import dataclass

import torch
from torch import Tensor

__all__ = ["Layout", "laid_out"]


@dataclass(frozen=True)
class Layout:
    """All nodes of a batch, sorted by height: leaves first, then level 1, level 2, ...

    Args:
        words: index of the word of each leaf, ``(leaves,)``; 0 stands for unknown words.
        children: for each level from 1 on, the places of the left and right child of each of its
            nodes, left and right in turn, ``(2 n,)``.
        places: where each node stands in a table of ``(B, nodes)``, flat.
        roots: place of the root of each tree among the sorted nodes, ``(B,)``.
        nodes: nodes of the largest tree of the batch.
    """

    words: Tensor
    children: tuple[Tensor, ...]
    places: Tensor
    roots: Tensor
    nodes: int


def laid_out(rows: Tensor) -> Layout:
    """Sorts the nodes of all trees of a batch by their height.

    The rows hold left child and height of every node, computed once when they were read, so that
    this takes a few operations on whole tensors.

    Args:
        rows: ``(B, 3 M)`` as ``data.tree_kinds.Trees`` states. A row of zeros is read as one
            unknown word.
    """
    b, device = len(rows), rows.device
    code, left, height = rows.reshape(b, 3, -1).unbind(1)
    present = code != 0
    present[:, 0] = True
    counts = present.sum(1)
    m = int(counts.max())
    code, left, height = (plane[:, :m].flatten().long() for plane in (code, left, height))
    places = present[:, :m].flatten().nonzero().flatten()
    places = places[height[places].argsort(stable=True)]
    rank = torch.empty(b * m, dtype=torch.int64, device=device)
    rank[places] = torch.arange(len(places), device=device)
    leaves, *above = height[places].bincount().tolist()
    inner = places[leaves:]
    pairs = torch.stack([rank[inner - inner % m + left[inner]], rank[inner - 1]], 1).flatten()
    return Layout(
        words=(code[places[:leaves]] - 1).clamp(min=0),
        children=pairs.split([2 * n for n in above]) if above else (),
        places=places,
        roots=rank[torch.arange(b, device=device) * m + counts - 1],
        nodes=m,
    )
