"""Weights of words by how much they tell about a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.bounds import NonNegative
from harmonium.data.streamed import Rows, pieces
from harmonium.data.transforms import Transform
from harmonium.errors import DataError

__all__ = ["TfIdf"]


@dataclass(frozen=True)
class TfIdf(Transform):
    r"""Counts of words as weights: frequent in the document, rare among documents (tf-idf).

    .. math:: \log(1 + n_j) \, \log \frac{N}{N_j}

    where n is the count of word j in the document, N the number of training documents, and N_j
    that of training documents with the word; a word that occurs in none of them gets the weight
    0. Rows are then scaled to the Euclidean length `length`; a document of other words stays
    zeros. (Spärck Jones, 1972, https://doi.org/10.1108/eb026526.)

    Args:
        log: Take the logarithm of counts, so that repetitions count less; false for the counts.
        length: Length of a row; 0 for no scaling.

    >>> fitted = TfIdf(length=0).fit(torch.tensor([[1.0, 0.0], [1.0, 3.0]]), (2,))
    >>> fitted(torch.tensor([[5.0, 3.0]]))
    tensor([[0.0000, 0.9609]])
    """

    log: bool = True
    length: NonNegative = 1.0

    def statistics(self, x: Rows, shape: tuple[int, ...]) -> dict[str, Tensor]:
        """The weight of each word, (D,).

        Raises:
            ValueError: counts are negative.
        """
        del shape
        total = torch.zeros(x.shape[1], dtype=torch.float64)
        for piece in pieces(x):
            if bool((piece < 0).any()):
                raise DataError(
                    f"counts of words are at least 0, and the smallest is {float(piece.min())}: "
                    "leave tf_idf out for other data"
                )
            total += (piece > 0).sum(0).cpu()
        weights = torch.where(total > 0, (len(x) / total.clamp(min=1)).log(), 0.0)
        return {"weights": weights.float()}

    def apply(self, x: Tensor, statistics: Mapping[str, Tensor]) -> Tensor:
        """Rows of weights."""
        counts = x.clamp(min=0)
        rows = (counts.log1p() if self.log else counts) * statistics["weights"].to(x.dtype)
        if not self.length:
            return rows
        norms = rows.norm(dim=1, keepdim=True)
        return rows * (self.length / norms.where(norms > 0, 1))
