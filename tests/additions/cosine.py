"""A net: logits are cosines of the angles between a row and a direction for each class."""

from typing import Any

from torch import Tensor, nn
from torch.nn.functional import normalize

from harmonium.bounds import Count, Positive
from harmonium.connections.matrix import linear
from harmonium.random import initial

__all__ = ["Cosine"]


class Cosine(nn.Module):
    r"""Logits :math:`\beta \cos(w_k, x)`, ``(B, inputs) -> (B, classes)``.

    Args:
        inputs: values of a row.
        classes: the number of classes.
        sharpness: beta.
    """

    output_kind = "classes"

    def __init__(self, inputs: Count, classes: Count, *, sharpness: Positive = 5.0) -> None:
        super().__init__()
        self.settings: dict[str, Any] = {
            "inputs": inputs,
            "classes": classes,
            "sharpness": sharpness,
        }
        self.units = (inputs, classes)
        self.directions = linear(initial(classes, inputs, std=1.0))

    def forward(self, x: Tensor) -> Tensor:
        """The logits."""
        weight = normalize(self.directions.weight, dim=1)
        return self.settings["sharpness"] * normalize(x, dim=1) @ weight.mT

    def activities(self, x: Tensor) -> dict[str, Tensor]:
        """The normalised row."""
        return {"direction": normalize(x, dim=1)}
