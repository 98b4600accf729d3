"""Whitening: rows whose values are uncorrelated, each with variance 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from harmonium.bounds import NonNegative
from harmonium.data.streamed import Rows, pieces
from harmonium.data.transforms import Transform
from harmonium.errors import DataError

__all__ = ["Whiten", "Whitening", "whitening"]


class Whitening(NamedTuple):
    """Mean ``(D,)``, the matrix T ``(D, D)`` and its inverse, in float64."""

    mean: Tensor
    matrix: Tensor
    back: Tensor


def whitening(x: Rows, *, kind: Literal["zca", "pca"] = "zca", epsilon: float = 0.0) -> Whitening:
    r"""The whitening :math:`y = T (x - m)` of rows ``(N, D)``.

    .. math:: C = U \Lambda U^T, \qquad T_{pca} = (\Lambda + \epsilon)^{-1/2} U^T, \qquad
              T_{zca} = U T_{pca}

    where C is the covariance of the rows, divided by N. The covariance of y is
    :math:`\Lambda / (\Lambda + \epsilon)`, for PCA along its axes.

    Raises:
        ValueError: epsilon is 0, and the rows do not vary in some direction.
    """
    n, width = 0, x.shape[1]
    total = torch.zeros(width, dtype=torch.float64)
    for piece in pieces(x):
        n += len(piece)
        total += piece.double().sum(0).cpu()
    mean = total / n
    covariance = torch.zeros(width, width, dtype=torch.float64)
    for piece in pieces(x):
        centred = piece.double().cpu() - mean
        covariance += centred.mT @ centred / n
    values, vectors = torch.linalg.eigh(covariance)
    values = values.clamp(min=0)
    least, most = float(values[0]), float(values[-1])
    if epsilon == 0 and least <= most * width * torch.finfo(torch.float64).eps:
        raise DataError(
            f"whiten: {n} rows of {width} values do not vary in every direction (smallest "
            f"variance {least:.3g}): set epsilon above 0, such as {0.01 * most or 0.1:.2g}"
        )
    values, vectors = values.flip(0), vectors.flip(1)  # the largest variance first
    scale = (values + epsilon).sqrt()
    matrix, back = vectors.mT / scale[:, None], vectors * scale
    if kind == "zca":
        matrix, back = vectors @ matrix, back @ vectors.mT
    return Whitening(mean, matrix, back)


@dataclass(frozen=True)
class Whiten(Transform):
    """Remove the correlations between values, and give each the variance 1.

    ZCA is symmetric, so that a whitened picture is still a picture; PCA gives the principal
    components, the largest variance first, as a plain row. Epsilon is a variance in the units of
    the data, such as 0.1 for small patches of pixels in [0, 1]: directions with less variance are
    mostly noise, and stay small. (Bell and Sejnowski, 1997,
    https://doi.org/10.1016/S0042-6989(97)00121-1.)

    Args:
        kind: zca, or pca.
        epsilon: Variance added to that of every direction.

    >>> fitted = Whiten(epsilon=1.0).fit(torch.tensor([[-1.0, 2.0], [1.0, -2.0]]), (2,))
    >>> fitted(torch.tensor([[1.0, -2.0]])).square().sum()
    tensor(0.8333)
    """

    kind: Literal["zca", "pca"] = "zca"
    epsilon: NonNegative = 0.1

    def statistics(self, x: Rows, shape: tuple[int, ...]) -> dict[str, Tensor]:
        """Mean (D,), matrix and inverse matrix (D, D), in float64.

        Raises:
            ValueError: epsilon is 0, and the rows do not vary in some direction.
        """
        del shape
        mean, matrix, back = whitening(x, kind=self.kind, epsilon=self.epsilon)
        return {"mean": mean, "matrix": matrix, "back": back}

    def apply(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """Whitened rows."""
        mean, matrix = (statistics[name].to(x.dtype) for name in ("mean", "matrix"))
        return (x - mean) @ matrix.mT

    def inverse(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """The original rows, exact up to rounding."""
        mean, back = (statistics[name].to(x.dtype) for name in ("mean", "back"))
        return x @ back.mT + mean

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The same for ZCA; a plain row for PCA."""
        if self.kind == "zca":
            return shape
        return (int(torch.Size(shape).numel()),)
