"""The recursive net: one dense layer at every node of a tree."""

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Share
from harmonium.nets.trees.tree_net import TreeNet, word_vectors
from harmonium.random import initial

__all__ = ["RecursiveNet"]


@checked
class RecursiveNet(TreeNet):
    r"""A recursive net over binary trees, ``(B, 3 M) -> (B, classes)``.

    .. math:: h = \tanh(W [l; r] + b)

    where l and r are the vectors of a node's children, and those of leaves are word vectors.
    W starts near the mean of both children. (Socher et al., 2011,
    https://dl.acm.org/doi/10.5555/3104482.3104499.)

    Args:
        words: size of the vocabulary; there is one more vector, for all other words.
        hidden: numbers of a node's vector.
        classes: classes of a node.
        longest: maximum number of words of a tree.
        dropout: share of the numbers of word vectors, and of the vectors that are classified,
            that is set to zero at random in training mode.

    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = RecursiveNet(10, 4, classes=3, longest=2)
    >>> net(torch.zeros(5, 9, dtype=torch.float32)).shape
    torch.Size([5, 3])
    """

    def __init__(
        self,
        words: Count,
        hidden: Count,
        *,
        classes: Count,
        longest: Count = 64,
        dropout: Share = 0.0,
    ) -> None:
        super().__init__(
            word_vectors(int(words), int(hidden)),
            Layer(int(hidden)),
            settings={
                "words": int(words),
                "hidden": int(hidden),
                "classes": int(classes),
                "longest": int(longest),
                "dropout": float(dropout),
            },
        )


class Layer(nn.Module):
    """tanh(W [l; r] + b), ``(n, 2 size) -> (n, size)``."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.matrix = nn.Parameter(near_mean(size))
        self.bias = nn.Parameter(initial(size, std=0))

    def forward(self, both: Tensor) -> Tensor:
        """Vectors of the parents."""
        return torch.addmm(self.bias, both, self.matrix.mT).tanh()


def near_mean(size: int) -> Tensor:
    """Initial weights ``(size, 2 size)``: the mean of both children, and noise."""
    noise = initial(size, 2 * size, std=0.1 * (2 * size) ** -0.5)
    half = 0.5 * torch.eye(size, dtype=noise.dtype, device=noise.device)
    return noise + torch.cat([half, half], 1)
