"""The cross-entropy of the classes of all nodes of a tree."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["NodeCrossEntropy"]


class NodeCrossEntropy:
    r"""The cross-entropy of the classes of a tree's nodes, nats per tree.

    .. math:: -\sum_i \log p(y_i | \mathrm{tree})

    over the nodes i that have a label. (Socher et al., 2013, https://aclanthology.org/D13-1170.)
    """

    outputs: ClassVar[tuple[str, ...]] = ("nodes",)
    figure: ClassVar[str] = "node_loss"
    learns: ClassVar[str] = "nodes"
    """Column with the classes: trees without label at the root are learned from as well."""

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each tree, ``(B,)``, in nats.

        Args:
            net: with the method ``node_logits``, ``(B, D) -> (B, m, classes)``, logits.
            batch: "x" ``(B, D)`` and "nodes" ``(B, M)``, int64, -1 for no label.
        """
        logits: Tensor = net.node_logits(batch["x"])  # type: ignore[operator]
        labels = batch["nodes"][:, : logits.shape[1]]
        losses = functional.cross_entropy(
            logits.flatten(0, 1), labels.flatten(), ignore_index=-1, reduction="none"
        )
        return losses.reshape(labels.shape).sum(1)
