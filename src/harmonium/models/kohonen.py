"""A self-organising map as a model."""

import torch
from torch import Tensor

from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.nets import KohonenMap

__all__ = ["MapModel"]


class MapModel(NetModel):
    """Finds the place of a row on a map, and the prototype there.

    Args:
        net: the map; shared, not copied.
    """

    net: KohonenMap

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Place of every row's winner on the grid: "map" -> ``(B, 2)``, across, then down."""
        return {"map": self.net.places[self.net.winners(batch["x"])]}

    @torch.no_grad()
    def reconstruct(self, batch: Batch) -> dict[str, Batch]:
        """The nearest prototype of every row: "map" -> "x" ``(B, D)``."""
        return {"map": {"x": self.net.weight[self.net.winners(batch["x"])]}}

    @torch.no_grad()
    def map_errors(self, batch: Batch) -> dict[str, Tensor]:
        """Errors of every row, ``(B,)``.

        "quantisation_error" is its distance from the nearest prototype; "topographic_error" is 1
        where the two nearest prototypes are no neighbours on the grid, otherwise 0.
        """
        return self.net.errors(batch["x"])
