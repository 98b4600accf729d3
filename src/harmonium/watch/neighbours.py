"""Measures how well codes separate the classes of validation rows."""

from typing import Any

import torch

from harmonium.data import Examples
from harmonium.learning import Watch
from harmonium.learning.neighbours import neighbour_error
from harmonium.models.encoder import codes_of

__all__ = ["NeighboursWatch"]

ROWS = 20_000
"""Training rows among which neighbours are searched, at most."""

ASKED, K = 5000, 5
"""Validation rows, at most, and the number of neighbours of each."""


class NeighboursWatch(Watch):
    """The error of 5 nearest neighbours on the codes of validation rows.

    Args:
        model: a model that encodes.
        train: labelled training rows; the first 20 000 are the neighbours.
        held: labelled validation rows; the first 5000 are classified.
    """

    def __init__(self, model: Any, train: Examples, *, held: Examples) -> None:  # noqa: ANN401
        self.model, self.train, self.held = model, _first(train, ROWS), _first(held, ASKED)

    def measure(self, epoch: int) -> dict[str, float]:
        """``val/knn_error``."""
        del epoch
        assert self.train.labels is not None
        assert self.held.labels is not None
        known = codes_of(self.model, self.train), self.train.labels
        asked = codes_of(self.model, self.held), self.held.labels
        return {"val/knn_error": neighbour_error(known, asked, k=K)}


def _first(rows: Examples, count: int) -> Examples:
    return rows.take(torch.arange(min(len(rows), count), device=rows.x.device))
