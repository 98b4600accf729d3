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
        net: ``(B, D) -> (B, classes)``, scores; shared, not copied.
    """

    net: Perceptron

    @torch.no_grad()
    def decide(self, batch: Batch) -> Tensor:
        """Class with the highest score, ``(B,)``, int64."""
        return self.net.decide(batch["x"])

    def filters(self) -> dict[str, Tensor]:
        """Weights of the score of every class."""
        return {"classes": self.net.weight.detach()}
