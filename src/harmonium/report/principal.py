"""Codes of rows, and principal components as what they are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

    from harmonium.data import Examples

__all__ = ["Principal", "code_of", "principal", "principal_of"]

_WIDEST, _ROWS = 1500, 2000
"""Values of a row up to which the covariance of all rows is computed; rows taken otherwise."""


@dataclass(frozen=True)
class Principal:
    """The first k principal directions of rows.

    Args:
        mean: of the rows, ``(D,)``, float64.
        directions: orthonormal, the largest variance first, ``(k, D)``.
        rows: number of rows that they are computed from.
    """

    mean: Tensor
    directions: Tensor
    rows: int

    def scores(self, x: Tensor) -> Tensor:
        """Components of rows, ``(N, D) -> (N, k)``."""
        return (x.double() - self.mean) @ self.directions.mT

    def again(self, x: Tensor) -> Tensor:
        """Rows given back from their components, ``(N, D) -> (N, D)``."""
        return self.mean + self.scores(x) @ self.directions


def principal(rows: Tensor, k: int) -> Principal:
    """Principal directions of rows ``(N, D)``; each points to its largest positive value."""
    import torch

    x = rows.double()
    mean = x.mean(0)
    _, _, v = torch.linalg.svd(x - mean, full_matrices=False)
    return Principal(mean, _signed(v[:k]), len(x))


def principal_of(split: Examples, k: int) -> Principal:
    """Principal directions of the rows of a split; of 2000 of them if a row is very wide."""
    import torch

    first = split.flattened().batch(slice(_ROWS))["x"]
    if first.shape[1] > _WIDEST or len(split) <= _ROWS:
        return principal(first, k)
    total = first.new_zeros(first.shape[1]).double()
    square = torch.zeros(len(total), len(total), dtype=torch.float64)
    shift = first.double().mean(0)  # near the mean, so that the subtraction below is exact enough
    for batch in split.flattened().batches(10_000):
        x = batch["x"].double() - shift
        total += x.sum(0)
        square += x.mT @ x
    mean = total / len(split)
    _, vectors = torch.linalg.eigh(square / len(split) - torch.outer(mean, mean))
    return Principal(shift + mean, _signed(vectors.mT.flip(0)[:k]), len(split))


def _signed(directions: Tensor) -> Tensor:
    """Directions whose value of largest size is positive, so that pictures do not flip."""
    largest = directions.gather(1, directions.abs().argmax(1, keepdim=True))
    return directions * largest.sign()


def code_of(model: Any, split: Examples, *, count: int) -> Tensor:  # noqa: ANN401
    """Codes of the first rows of a split: the last layer that a model gives, ``(n, k)``."""
    import torch

    with torch.no_grad():
        codes = model.codes(model.reads(split).batch(slice(count)))
    last: Tensor = list(codes.values())[-1]
    return last.flatten(1)
