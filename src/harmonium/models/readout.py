"""Nets with fixed features as models: of classes, or of values."""

import torch
from torch import Tensor

from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.nets.readout import Readout

__all__ = ["ReadoutClassifier", "ReadoutRegressor", "readout"]


class _Featured(NetModel):
    net: Readout

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """The fixed features, "h1" -> ``(B, features)``."""
        return self.net.activities(batch["x"])


class ReadoutClassifier(_Featured):
    """Decides for the class with the largest output.

    Args:
        net: ``(B, D) -> (B, classes)``; shared, not copied.
    """

    @torch.no_grad()
    def decide(self, batch: Batch) -> Tensor:
        """Class with the largest output, ``(B,)``, int64."""
        return self.net.decide(batch["x"])


class ReadoutRegressor(_Featured):
    """Predicts values.

    Args:
        net: ``(B, D) -> (B, values)``; shared, not copied.
    """

    @torch.no_grad()
    def predict(self, batch: Batch) -> Tensor:
        """Expected values of the column "y", ``(B, values)``."""
        return self.net(batch["x"])


def readout(net: Readout) -> ReadoutClassifier | ReadoutRegressor:
    """The model of a net with fixed features, by its outputs."""
    return ReadoutRegressor(net) if net.output_kind == "values" else ReadoutClassifier(net)
