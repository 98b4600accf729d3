"""The tree-LSTM: a memory at every node, with a gate for each child."""

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Share
from harmonium.nets.trees.tree_net import TreeNet, word_vectors
from harmonium.random import initial

__all__ = ["TreeLSTM"]


@checked
class TreeLSTM(TreeNet):
    r"""A binary tree-LSTM, ``(B, 3 M) -> (B, classes)``.

    .. math:: (i, f_l, f_r, o) = \sigma(W [h_l; h_r] + b), \qquad u = \tanh(W_u [h_l; h_r] + b_u)
    .. math:: c = i \odot u + f_l \odot c_l + f_r \odot c_r, \qquad h = o \odot \tanh(c)

    At a leaf, the word vector is read by c = W x + b and o = sigma(W_o x + b_o). The gates f keep
    or forget each child's memory c, so that a gradient can pass many levels. The biases of f start
    at 1. (Tai, Socher and Manning, 2015, https://aclanthology.org/P15-1150.)

    Args:
        words: size of the vocabulary; there is one more vector, for all other words.
        hidden: numbers of a node's vector h, and of its memory c.
        classes: classes of a node.
        longest: maximum number of words of a tree.
        dropout: share of the numbers of the leaves' states, and of the vectors that are
            classified, that is set to zero at random in training mode.

    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = TreeLSTM(10, 4, classes=3, longest=2)
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
            Leaf(int(words), int(hidden)),
            Gates(int(hidden)),
            settings={
                "words": int(words),
                "hidden": int(hidden),
                "classes": int(classes),
                "longest": int(longest),
                "dropout": float(dropout),
            },
        )


class Leaf(nn.Module):
    """States [h; c] of words, ``(n,) -> (n, 2 size)``."""

    def __init__(self, words: int, size: int) -> None:
        super().__init__()
        self.table = word_vectors(words, size)
        self.matrix = nn.Parameter(initial(2 * size, size, std=size**-0.5))
        self.bias = nn.Parameter(initial(2 * size, std=0))

    def forward(self, words: Tensor) -> Tensor:
        """States of the leaves."""
        c, o = torch.addmm(self.bias, self.table(words), self.matrix.mT).chunk(2, 1)
        return torch.cat([o.sigmoid() * c.tanh(), c], 1)


class Gates(nn.Module):
    """States [h; c] of parents from those of both children, ``(n, 4 size) -> (n, 2 size)``."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.matrix = nn.Parameter(initial(5 * size, 2 * size, std=(2 * size) ** -0.5))
        bias = initial(5 * size, std=0)
        bias[size : 3 * size] = 1
        self.bias = nn.Parameter(bias)

    def forward(self, both: Tensor) -> Tensor:
        """States of the parents."""
        left, right = both.chunk(2, 1)
        (h_left, c_left), (h_right, c_right) = left.chunk(2, 1), right.chunk(2, 1)
        sums = torch.addmm(self.bias, torch.cat([h_left, h_right], 1), self.matrix.mT)
        gates, u = sums.split([4 * c_left.shape[1], c_left.shape[1]], 1)
        i, f_left, f_right, o = gates.sigmoid().chunk(4, 1)
        c = i * u.tanh() + f_left * c_left + f_right * c_right
        return torch.cat([o * c.tanh(), c], 1)
