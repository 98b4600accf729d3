"""The cross-entropy of classes."""

from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["cross_entropy"]


def cross_entropy(net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
    r"""-log p(y | x) of a net whose outputs are logits, ``(B,)``, in nats.

    Args:
        net: ``(B, D) -> (B, classes)``.
        batch: "x" ``(B, D)`` and "y" ``(B,)``, int64.
    """
    return functional.cross_entropy(net(batch["x"]), batch["y"], reduction="none")
