"""Measures how well a model writes the sequences of validation rows."""

from typing import Any

import torch

from harmonium.data import Examples
from harmonium.learning import Watch
from harmonium.learning.edit_distance import edit_distance

__all__ = ["WritingWatch"]

ROWS = 1000
"""Rows that are written, at most."""


class WritingWatch(Watch):
    """The share of validation outputs that are right in every symbol.

    Args:
        model: a model that writes sequences.
        rows: validation rows.
    """

    def __init__(self, model: Any, rows: Examples) -> None:  # noqa: ANN401
        self.model, self.rows = model, rows

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``val/exact_output`` of the first rows."""
        del epoch
        batch = self.rows.batch(slice(ROWS))
        distances = edit_distance(self.model.transduce(batch), batch["target"])
        return {"val/exact_output": float((distances == 0).double().mean())}
