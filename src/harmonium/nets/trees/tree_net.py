"""What nets over trees share: words at the leaves, one function at every other node, classes."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.connections.matrix import linear
from harmonium.data.tree_kinds import nodes_of
from harmonium.nets.dropout import Dropout
from harmonium.nets.trees.layout import laid_out
from harmonium.random import initial

__all__ = ["TreeNet", "word_vectors"]


class TreeNet(nn.Module):
    r"""A net that computes the state of every node of a tree from those of its two children.

    .. math:: s_i = r(\mathrm{word}_i) \text{ at a leaf}, \qquad
              s_i = c(s_{\mathrm{left}}, s_{\mathrm{right}}) \text{ elsewhere}, \qquad
              z_i = U h_i + b

    where the vector h is the first ``hidden`` numbers of a state s, and z are the logits of the
    node's class. All nodes of a batch with the same height are computed at once
    (``nets.trees.layout``).

    Args:
        read: r, from indices of words ``(n,)`` to states ``(n, S)``.
        compose: c, from both children's states, side by side, ``(n, 2 S)`` to states ``(n, S)``.
        settings: arguments of the constructor: "words", "hidden", "classes", "longest", "dropout".
    """

    output_kind = "nodes"
    """Kind of the outputs: logits of the classes of nodes."""

    def __init__(
        self, read: nn.Module, compose: nn.Module, *, settings: Mapping[str, Any]
    ) -> None:
        super().__init__()
        self.settings = dict(settings)
        self.read = read
        self.word_dropout = Dropout(settings["dropout"])
        self.compose = compose
        self.dropout = Dropout(settings["dropout"])
        self.outputs = linear(
            initial(settings["classes"], settings["hidden"], std=settings["hidden"] ** -0.5)
        )

    @property
    def words(self) -> int:
        """Size of the vocabulary."""
        return int(self.settings["words"])

    @property
    def longest(self) -> int:
        """Maximum number of words of a tree."""
        return int(self.settings["longest"])

    @property
    def units(self) -> tuple[int, ...]:
        """Number of values of a row, of a node's vector, and of classes."""
        return 3 * nodes_of(self.longest), self.settings["hidden"], self.settings["classes"]

    def forward(self, x: Tensor) -> Tensor:
        """Logits of the classes of the roots, ``(B, 3 M) -> (B, classes)``."""
        vectors, _, roots, _ = self._vectors(x)
        logits: Tensor = self.outputs(self.dropout(vectors[roots]))
        return logits

    def node_logits(self, x: Tensor) -> Tensor:
        """Logits of the classes of all nodes, ``(B, 3 M) -> (B, m, classes)``.

        m is the number of nodes of the largest tree of the batch; they are in post-order, and the
        places after the last node of a tree are zero.
        """
        vectors, places, _, m = self._vectors(x)
        logits = self.outputs(self.dropout(vectors))
        table = logits.new_zeros(len(x) * m, logits.shape[1])
        return table.index_copy(0, places, logits).reshape(len(x), m, -1)

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """Vector of each root, ``(B, hidden)``, named "root"."""
        vectors, _, roots, _ = self._vectors(x)
        return {"root": vectors[roots]}

    def _vectors(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, int]:
        """Vectors of all nodes by height, their places, the roots, and nodes of a tree."""
        layout = laid_out(x)
        states: Tensor = self.word_dropout(self.read(layout.words))
        for pairs in layout.children:
            both = states.index_select(0, pairs).reshape(len(pairs) // 2, -1)
            states = torch.cat([states, self.compose(both)])
        return states[:, : self.settings["hidden"]], layout.places, layout.roots, layout.nodes


def word_vectors(words: int, size: int, *, std: float = 0.1) -> nn.Embedding:
    """A table of vectors: that of unknown words, then one for each word of the vocabulary."""
    return nn.Embedding.from_pretrained(initial(words + 1, size, std=std), freeze=False)
