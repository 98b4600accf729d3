"""The recursive neural tensor network: children that multiply each other."""

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count, Share
from harmonium.nets.trees.recursive import near_mean
from harmonium.nets.trees.tree_net import TreeNet, word_vectors
from harmonium.random import initial

__all__ = ["RNTN"]


@checked
class RNTN(TreeNet):
    r"""A recursive neural tensor network over binary trees, ``(B, 3 M) -> (B, classes)``.

    .. math:: x = [l; r], \qquad h_k = \tanh(x^T V_k x + W_k x + b_k)

    where l and r are the vectors of a node's children, and those of leaves are word vectors. The
    products let one child change the meaning of the other, as "not" does. (Socher et al., 2013,
    https://aclanthology.org/D13-1170.)

    Args:
        words: size of the vocabulary; there is one more vector, for all other words.
        hidden: numbers of a node's vector.
        classes: classes of a node.
        longest: maximum number of words of a tree.
        dropout: share of the numbers of word vectors, and of the vectors that are classified,
            that is set to zero at random in training mode.

    >>> from harmonium.random import seeded
    >>> with seeded(0):
    ...     net = RNTN(10, 4, classes=3, longest=2)
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
            TensorLayer(int(hidden)),
            settings={
                "words": int(words),
                "hidden": int(hidden),
                "classes": int(classes),
                "longest": int(longest),
                "dropout": float(dropout),
            },
        )


class TensorLayer(nn.Module):
    """tanh(x V x + W x + b) of x = [l; r], ``(n, 2 size) -> (n, size)``."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.tensor = nn.Parameter(initial(2 * size, size, 2 * size, std=0.1 / (2 * size)))
        self.matrix = nn.Parameter(near_mean(size))
        self.bias = nn.Parameter(initial(size, std=0))

    def forward(self, both: Tensor) -> Tensor:
        """Vectors of the parents."""
        n, width = both.shape
        products = (both @ self.tensor.reshape(width, -1)).reshape(n, -1, width)
        squares = torch.bmm(products, both.unsqueeze(2)).squeeze(2)
        return torch.addmm(squares + self.bias, both, self.matrix.mT).tanh()
