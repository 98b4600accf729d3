"""The cross-entropy of class labels."""

from collections.abc import Mapping
from typing import ClassVar

from torch import Tensor, nn
from torch.nn import functional

from harmonium.arguments import checked
from harmonium.bounds import Share

__all__ = ["CrossEntropy", "cross_entropy"]


@checked
class CrossEntropy:
    r"""The cross-entropy of classes: :math:`-\log p(y | x)`, nats per row.

    .. math:: -\log p(y | x) = \log \sum_k e^{z_k} - z_y

    where z are the logits that the net gives. With ``smoothing`` s, the target is the class with
    probability 1 - s, and any of the K classes with s, so that the loss is
    :math:`-(1 - s) \log p(y | x) - (s / K) \sum_k \log p(k | x)` (Szegedy et al., 2016,
    https://arxiv.org/abs/1512.00567, section 7). It is for learning: figures of validation rows
    that are called "loss" are without it.

    Args:
        smoothing: s, from 0 to 1.
    """

    outputs: ClassVar[tuple[str, ...]] = ("classes", "nodes")
    figure: ClassVar[str] = "loss"

    def __init__(self, smoothing: Share = 0.0) -> None:
        self.smoothing = float(smoothing)

    def __call__(self, net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
        """The loss of each row, ``(B,)``, in nats.

        Args:
            net: ``(B, D) -> (B, classes)``, logits.
            batch: "x" ``(B, D)`` and "y" ``(B,)``, int64.
        """
        return functional.cross_entropy(
            net(batch["x"]), batch["y"], reduction="none", label_smoothing=self.smoothing
        )


cross_entropy = CrossEntropy()
"""-log p(y | x) of a net whose outputs are logits; see ``CrossEntropy``."""
