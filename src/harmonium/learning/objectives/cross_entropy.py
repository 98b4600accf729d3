"""The cross-entropy of class labels."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["CrossEntropy", "cross_entropy"]


class CrossEntropy:
    r"""The cross-entropy of classes: :math:`-\log p(y | x)`, nats per row.

    .. math:: -\log p(y | x) = \log \sum_k e^{z_k} - z_y

    where z are the logits that the net gives.
    """

    outputs: ClassVar[tuple[str, ...]] = ("classes",)
    figure: ClassVar[str] = "loss"

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in nats.

        Args:
            net: ``(B, D) -> (B, classes)``, logits.
            batch: "x" ``(B, D)`` and "y" ``(B,)``, int64.
        """
        return functional.cross_entropy(net(batch["x"]), batch["y"], reduction="none")


cross_entropy = CrossEntropy()
"""-log p(y | x) of a net whose outputs are logits; see ``CrossEntropy``."""
