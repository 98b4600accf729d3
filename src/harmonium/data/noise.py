"""Random transforms of every batch: binary samples, and corruption."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from harmonium.bounds import NonNegative, Share
from harmonium.data.binarise import sampled
from harmonium.errors import DataError

__all__ = ["BatchTransform", "Corrupt", "Sampled"]


class BatchTransform(ABC):
    """A random transform of a batch.

    A draw, such as binary samples, is part of the data and applies to test rows as well. Noise is
    a setting of a stage and applies to its training rows only.
    """

    @abstractmethod
    def __call__(self, x: Tensor, source: torch.Generator | None = None) -> Tensor:
        """Returns a new draw for the batch x (B, D), in its shape and dtype."""


@dataclass(frozen=True)
class Sampled(BatchTransform):
    """Binary samples with grey values in [0, 1] as probabilities: the usual MNIST convention."""

    def __call__(self, x: Tensor, source: torch.Generator | None = None) -> Tensor:
        """Bernoulli samples with means x.

        Raises:
            ValueError: a value lies outside [0, 1].
        """
        return sampled(x, source)


@dataclass(frozen=True)
class Corrupt(BatchTransform):
    """Corrupt a fraction of the values, each value independently.

    masking: set to 0. dropout: set to 0, and the others divided by 1 - share, which keeps the mean
    of every value, as dropout of hidden units does. salt_pepper: set to 0 or 1 with equal
    probability. gaussian: add normal noise. uniform: set to a random number from ``low`` to
    ``high``.
    Vincent and others 2010, https://www.jmlr.org/papers/v11/vincent10a.html, section 3.3.

    Args:
        kind: How a corrupted value is changed.
        share: Probability that a value is corrupted.
        std: Standard deviation of the gaussian noise, in the units of the data.
        low: Smallest value of the uniform noise.
        high: Largest value of the uniform noise.
    """

    kind: Literal["masking", "dropout", "salt_pepper", "gaussian", "uniform"] = "masking"
    share: Share = 0.25
    std: NonNegative = 0.5
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in ("masking", "dropout", "salt_pepper", "gaussian", "uniform"):
            raise DataError(
                f"corruption {self.kind!r}: there are 'masking', 'dropout', 'salt_pepper', "
                "'gaussian' and 'uniform'"
            )
        if self.kind == "dropout" and self.share == 1:
            raise DataError("dropout of a share of 1 leaves no value: give a share below 1")
        if not self.low <= self.high:
            raise DataError(f"low {self.low}, high {self.high}: low is at most high")
        if not 0 <= self.share <= 1 or not self.std >= 0:
            raise DataError(
                f"share {self.share}, std {self.std}: a share lies in [0, 1], std is at least 0"
            )

    def __call__(self, x: Tensor, source: torch.Generator | None = None) -> Tensor:
        """Returns a corrupted copy."""
        hit = self._uniform(x, source) < self.share
        if self.kind == "masking":
            return x.masked_fill(hit, 0)
        if self.kind == "dropout":
            return (x / (1 - self.share)).masked_fill(hit, 0)
        if self.kind == "salt_pepper":
            return torch.where(hit, (self._uniform(x, source) < 0.5).to(x.dtype), x)
        if self.kind == "uniform":
            drawn = self.low + (self.high - self.low) * self._uniform(x, source)
            return torch.where(hit, drawn, x)
        return torch.where(hit, x + self.std * torch.empty_like(x).normal_(generator=source), x)

    @staticmethod
    def _uniform(x: Tensor, source: torch.Generator | None) -> Tensor:
        return torch.empty_like(x).uniform_(generator=source)
