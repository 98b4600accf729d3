"""Noise of each part of rows that hold several kinds of data."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.data.joined import Joined
from harmonium.data.noise import BatchTransform

__all__ = ["PartNoise"]


@dataclass(frozen=True)
class PartNoise(BatchTransform):
    """Changes each part of a row by a random transform of its own.

    Args:
        kind: the parts of a row.
        steps: part -> its transform; parts without one stay as they are.
    """

    kind: Joined
    steps: Mapping[str, BatchTransform]

    def __call__(self, x: Tensor, source: torch.Generator | None = None) -> Tensor:
        """Returns changed rows ``(B, D)``."""
        pieces = []
        for part, at in self.kind.spans.items():
            piece = x[:, at]
            pieces.append(self.steps[part](piece, source) if part in self.steps else piece)
        return torch.cat(pieces, 1)
