"""Measures how well a model classifies validation rows."""

from typing import Any

import torch
from torch import Tensor, nn

from harmonium.data import Examples
from harmonium.learning import Watch
from harmonium.models import Classifies

__all__ = ["ValidationWatch"]


class ValidationWatch(Watch):
    """Accuracy and error on validation rows, and the loss of a model with probabilities.

    Args:
        model: a model that decides between classes.
        rows: validation rows with labels.
    """

    def __init__(self, model: Any, rows: Examples) -> None:  # noqa: ANN401
        assert rows.labels is not None
        self.model, self.rows, self.labels = model, rows, rows.labels

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``val/loss`` in nats per row, ``val/accuracy`` and ``val/error``."""
        del epoch
        batches = self.model.batches(self.rows)
        if not isinstance(self.model, Classifies):
            return self._shares(torch.cat([self.model.decide(batch) for batch in batches]))
        log_p = torch.cat([self.model.log_probs(batch) for batch in batches])
        loss = float(nn.functional.nll_loss(log_p.double(), self.labels))
        return {"val/loss": loss, **self._shares(log_p.argmax(1))}

    def _shares(self, decided: Tensor) -> dict[str, float]:
        accuracy = float((decided == self.labels).double().mean())
        return {"val/accuracy": accuracy, "val/error": 1 - accuracy}
