"""A perceptron as a model."""

import torch
from torch import Tensor

from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.nets import Perceptron

__all__ = ["PerceptronModel"]


class PerceptronModel(NetModel):
    """Decides for a class, without a probability.

    Args:
        net: ``(B, D) -> (B, classes)``, scores; it is shared.
    """

    net: Perceptron

    @torch.no_grad()
    def decide(self, batch: Batch) -> Tensor:
        """The class with the greatest score, ``(B,)``, int64."""
        return self.net.decide(batch["x"])

    def filters(self) -> dict[str, Tensor]:
        """The weights of every class."""
        return {"classes": self.net.weight.detach()}
