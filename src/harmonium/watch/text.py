"""Follows a model that continues texts: held-out cost, and a sample after some of the epochs."""

from typing import Any

import torch
from torch import Tensor

from harmonium.data import Examples
from harmonium.learning import Watch
from harmonium.random import generator
from harmonium.sampling.picking import Pick

__all__ = ["TextWatch"]

SAMPLES, LENGTH, PROMPT = 1, 300, 1
"""Texts of a snapshot, their symbols, and symbols of the prompt."""

SEED = 12345
"""Of the samples: the same in every epoch, so that they differ only by what was learned."""


class TextWatch(Watch):
    """The cost of the next symbol on validation rows, and texts that the model draws.

    Args:
        model: a model that continues texts.
        rows: training rows, whose first symbol begins the samples.
        held: validation rows; None for none.
    """

    def __init__(self, model: Any, rows: Examples, *, held: Examples | None) -> None:  # noqa: ANN401
        self.model, self.held = model, held
        self.prompt: Tensor = rows.x[:SAMPLES][:, :PROMPT]

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``val/token_nats``, the mean over symbols."""
        del epoch
        if self.held is None:
            return {}
        return {"val/token_nats": -float(self.model.next_log_probs(self.held).double().mean())}

    @torch.no_grad()
    def snapshot(self) -> dict[str, Tensor]:
        """``text``: a sample with its prompt, ``(1, 301)``, int64."""
        source = generator(SEED, self.prompt.device)
        drawn = self.model.continued(self.prompt, LENGTH, pick=Pick(0.8), source=source)
        return {"text": torch.cat([self.prompt, drawn], 1)}
