"""Perceptrons as models."""

import torch
from torch import Tensor

from harmonium.data import Examples
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.nets import ElementaryPerceptron, Perceptron

__all__ = ["ElementaryModel", "PerceptronModel"]


class PerceptronModel(NetModel):
    """Decides for a class, without a probability.

    Args:
        net: ``(B, D) -> (B, classes)``, scores; shared, not copied.
    """

    net: Perceptron | ElementaryPerceptron

    def prepare(self, rows: Examples) -> None:
        """Sets what is fixed before it learns, from training rows: thresholds of features."""
        if isinstance(self.net, ElementaryPerceptron):
            self.net.set_thresholds(rows.batch(slice(None))["x"])

    @torch.no_grad()
    def decide(self, batch: Batch) -> Tensor:
        """Class with the highest score, ``(B,)``, int64."""
        return self.net.decide(batch["x"])

    def filters(self) -> dict[str, Tensor]:
        """Weights of the units that read the rows: of every class, or the fixed features."""
        if isinstance(self.net, ElementaryPerceptron):
            return {"h1": self.net.connections}
        return {"classes": self.net.weight.detach()}


class ElementaryModel(PerceptronModel):
    """Decides for a class from fixed random features, which are its hidden layer.

    Args:
        net: ``(B, D) -> (B, classes)``, scores; shared, not copied.
    """

    net: ElementaryPerceptron

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Which of the fixed features are on, ``(B, associations)``."""
        return self.net.activities(batch["x"])
