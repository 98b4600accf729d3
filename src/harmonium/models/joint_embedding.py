"""Encoders of the parts of a row to one space, as a model."""

import torch
from torch import Tensor

from harmonium.data import DataSet, Examples, Joined
from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.nets import JointEmbedding

__all__ = ["JointEmbeddingModel"]


class JointEmbeddingModel(NetModel):
    """Encoders of the parts of the column "x".

    Args:
        net: ``(B, D) -> (B, parts, k)``; shared, not copied.
    """

    net: JointEmbedding

    def meet(self, data: DataSet) -> None:
        """Checks that rows have the parts that the net encodes, in the same places.

        Raises:
            ValueError: they have others.
        """
        kind = data.columns["x"]
        if isinstance(kind, Joined) and kind.spans != self.net.spans:
            read, there = (
                ", ".join(f"{name} of {at.stop - at.start}" for name, at in spans.items())
                for spans in (self.net.spans, kind.spans)
            )
            raise UsageError(
                f"model: its encoders read {read}, and a row of {data.name} has {there}: give "
                "each part an encoder, in the order of the row"
            )

    def reads(self, rows: Examples) -> Examples:
        """Returns flat rows, which hold the parts side by side."""
        return rows.flattened()

    @torch.no_grad()
    def embed(self, part: str, values: Tensor) -> Tensor:
        """Codes of unit length of one part's values, ``(B, D_part) -> (B, k)``."""
        return self.net.embed(part, values)

    @torch.no_grad()
    def codes(self, batch: Batch) -> dict[str, Tensor]:
        """Part -> its codes ``(B, k)``, all in one space."""
        return self.net.activities(batch["x"])
