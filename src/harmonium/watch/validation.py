"""Measures how well a model classifies validation rows."""

import torch
from torch import Tensor, nn

from harmonium.data import Rows
from harmonium.learning import Watch
from harmonium.models import Classifies

__all__ = ["ValidationWatch"]


class ValidationWatch(Watch):
    """Loss, accuracy and error on validation rows.

    Args:
        model: a model that classifies.
        rows: validation rows, ``(n, D)``.
        labels: their classes, ``(n,)``.
    """

    def __init__(self, model: Classifies, rows: Rows, *, labels: Tensor) -> None:
        self.model, self.rows, self.labels = model, rows, labels

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``val/loss`` in nats per row, ``val/accuracy`` and ``val/error``."""
        del epoch
        parts = [self.model.log_probs({"x": part}) for part in self.rows.split(10_000)]
        log_p = torch.cat(parts)
        accuracy = float((log_p.argmax(1) == self.labels).double().mean())
        loss = float(nn.functional.nll_loss(log_p.double(), self.labels))
        return {"val/loss": loss, "val/accuracy": accuracy, "val/error": 1 - accuracy}
