"""Measures how well a model classifies validation rows."""

from typing import Any

import torch
from torch import Tensor, nn

from harmonium.data import Rows
from harmonium.learning import Watch
from harmonium.models import Classifies, Decides

__all__ = ["ValidationWatch"]


class ValidationWatch(Watch):
    """Accuracy and error on validation rows, and the loss of a model with probabilities.

    Args:
        model: a model that decides between classes.
        rows: validation rows, ``(n, D)``.
        labels: their classes, ``(n,)``.
    """

    def __init__(self, model: Decides | Classifies, rows: Rows, *, labels: Tensor) -> None:
        self.model, self.rows, self.labels = model, rows, labels

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``val/loss`` in nats per row, ``val/accuracy`` and ``val/error``."""
        del epoch
        model: Any = self.model
        parts = self.rows.split(10_000)
        if not isinstance(model, Classifies):
            return self._shares(torch.cat([model.decide({"x": part}) for part in parts]))
        log_p = torch.cat([model.log_probs({"x": part}) for part in parts])
        loss = float(nn.functional.nll_loss(log_p.double(), self.labels))
        return {"val/loss": loss, **self._shares(log_p.argmax(1))}

    def _shares(self, decided: Tensor) -> dict[str, float]:
        accuracy = float((decided == self.labels).double().mean())
        return {"val/accuracy": accuracy, "val/error": 1 - accuracy}
