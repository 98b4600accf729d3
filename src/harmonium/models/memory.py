"""Linear memories as models: of classes, or of rows."""

import torch
from torch import Tensor

from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.nets import LinearMemory

__all__ = ["ClassMemory", "RowMemory", "memory"]


class ClassMemory(NetModel):
    """Recalls the code of a class, and decides for the largest value.

    Args:
        net: ``(B, D) -> (B, classes)``; shared, not copied.
    """

    net: LinearMemory

    @torch.no_grad()
    def decide(self, batch: Batch) -> Tensor:
        """Class whose unit has the largest value, ``(B,)``, int64."""
        return self.net(batch["x"]).argmax(1)

    def filters(self) -> dict[str, Tensor]:
        """Weights of the unit of every class."""
        return {"classes": self.net.weight.detach()}


class RowMemory(NetModel):
    """Recalls the whole row from a damaged one.

    Args:
        net: ``(B, D) -> (B, D)``; shared, not copied.
    """

    net: LinearMemory

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """The recalled rows: "memory" -> "x" ``(B, D)``."""
        return {"memory": {"x": self.net(batch["x"])}}


def memory(net: LinearMemory) -> ClassMemory | RowMemory:
    """The model of a memory, by what it recalls."""
    return RowMemory(net) if net.recalls == "rows" else ClassMemory(net)
