"""Measures of a ranking of labels: average precision, and precision of the first k."""

import torch
from torch import Tensor

__all__ = ["average_precision", "precision_of_first"]


def average_precision(scores: Tensor, relevant: Tensor, *, among: Tensor | None = None) -> Tensor:
    r"""Average precision of each row, ``(N,)``, float64; NaN for a row without a relevant label.

    With labels ranked by their scores, the first one first (of equal ones that of lower index),
    and the R relevant ones at places :math:`r_1 < r_2 < \dots`:

    .. math:: AP = \frac{1}{R} \sum_{i=1}^{R} \frac{i}{r_i}

    Args:
        scores: ``(N, K)``.
        relevant: ``(N, K)``, bool.
        among: ``(N, K)``, bool: the labels that are ranked; None: all of them.

    >>> average_precision(torch.tensor([[0.9, 0.8, 0.1]]), torch.tensor([[True, False, True]]))
    tensor([0.8333], dtype=torch.float64)
    """
    hits = _in_order(scores, relevant, among=among).double()
    places = torch.arange(1, hits.shape[1] + 1, dtype=torch.float64, device=hits.device)
    return (hits * hits.cumsum(1) / places).sum(1) / hits.sum(1)


def precision_of_first(
    scores: Tensor, relevant: Tensor, *, k: int, among: Tensor | None = None
) -> Tensor:
    """Share of relevant labels among the k first ones of each row, ``(N,)``, float64.

    Args:
        scores: ``(N, K)``.
        relevant: ``(N, K)``, bool.
        k: number of labels.
        among: ``(N, K)``, bool: the labels that are ranked; None: all of them.
    """
    return _in_order(scores, relevant, among=among)[:, :k].double().mean(1)


def _in_order(scores: Tensor, relevant: Tensor, *, among: Tensor | None) -> Tensor:
    """Whether the labels of each row are relevant, the one of highest score first."""
    if among is not None:
        scores, relevant = scores.masked_fill(~among, -torch.inf), relevant & among
    return relevant.gather(1, scores.argsort(dim=1, descending=True, stable=True))
