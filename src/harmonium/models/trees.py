"""A net over trees as a model."""

import torch
from torch import Tensor

from harmonium.data import DataSet, check_rows
from harmonium.data.tree_kinds import Trees
from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.deciding import MostProbable
from harmonium.models.net import NetModel
from harmonium.nets.trees import TreeNet

__all__ = ["TreeModel"]


class TreeModel(MostProbable, NetModel):
    """A net that gives every node of a tree a class; the class of the root is that of the tree.

    Args:
        net: ``(B, 3 M) -> (B, classes)`` with ``node_logits``; shared, not copied.
    """

    net: TreeNet

    def meet(self, data: DataSet) -> None:
        """Raises ValueError where the data hold no trees, or others than the net reads."""
        kind, net = data.columns["x"], self.net
        if not isinstance(kind, Trees):
            raise UsageError(
                f"model: it reads trees, and the column x holds {kind!r}: take the reader sst or "
                "trees"
            )
        if kind.longest != net.longest:
            raise UsageError(
                f"model: it reads trees of up to {net.longest} words, and those of the data have "
                f"up to {kind.longest}: give the model and the reader the same `longest`"
            )
        if len(kind.words) > net.words:
            raise UsageError(
                f"model: it knows {net.words} words, and the vocabulary of the data has "
                f"{len(kind.words)}: raise `words` of the model, or lower `size` of the reader"
            )

    def check(self, batch: Batch) -> None:
        """Raises ValueError where rows are no trees over the net's vocabulary."""
        self.check_shape(batch)
        check_rows(batch["x"], self.net.words)

    @torch.no_grad()
    def log_probs(self, batch: Batch) -> Tensor:
        """log p(class | tree) of the root, ``(B, classes)``, in nats."""
        return self.net(batch["x"]).log_softmax(1)

    @torch.no_grad()
    def node_log_probs(self, batch: Batch) -> Tensor:
        """log p(class | tree) of every node, in post-order, ``(B, m, classes)``, in nats.

        m is the number of nodes of the largest tree; places after the last node have no meaning.
        """
        return self.net.node_logits(batch["x"]).log_softmax(2)

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Vector of each root, ``(B, hidden)``, named "root"."""
        return self.net.activities(batch["x"])
