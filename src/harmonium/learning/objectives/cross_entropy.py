"""The cross-entropy of class labels."""

from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional

__all__ = ["cross_entropy"]


def cross_entropy(net: nn.Module, batch: Mapping[str, Tensor]) -> Tensor:
    r"""The cross-entropy -log p(y | x) of each row, in nats, ``(B,)``.

    Args:
        net: ``(B, D) -> (B, classes)``; its outputs are logits.
        batch: columns "x", ``(B, D)``, and "y", ``(B,)``, int64.
    """
    return functional.cross_entropy(net(batch["x"]), batch["y"], reduction="none")
