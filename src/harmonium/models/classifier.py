"""An ordinary net that classifies rows."""

from typing import Any

import torch
from torch import Tensor, nn

from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.deciding import MostProbable
from harmonium.models.net import NetModel, first_filters

__all__ = ["Classifier"]


class Classifier(MostProbable, NetModel):
    """A net from the column "x" to logits of the classes.

    Args:
        net: ``(B, D) -> (B, classes)``; its last module is the output layer. Shared, not copied.
    """

    net: Any

    @torch.no_grad()
    def log_probs(self, batch: Batch) -> Tensor:
        """log p(class | x), ``(B, classes)``, in nats."""
        return self.net(batch["x"]).log_softmax(1)

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Activities of the hidden layers, ``(B, units)``.

        For a net unrolled from a machine, only the input of the output layer, named "net".
        """
        activities = getattr(self.net, "activities", None)
        if activities is not None:
            return activities(batch["x"])
        if not isinstance(self.net, nn.Sequential):
            raise UsageError(
                f"the net {type(self.net).__name__} has no activities of hidden layers to give: "
                "let it have a method activities, from rows to layer -> values"
            )
        return {"net": self.net[:-1](batch["x"])}

    def filters(self) -> dict[str, Tensor]:
        """Weights of the first layer, if it is dense and reads the rows directly."""
        return first_filters(self.net)
