"""The least number of changes that turn one sequence into another."""

import torch
from torch import Tensor

__all__ = ["edit_distance"]


def edit_distance(one: Tensor, other: Tensor) -> Tensor:
    r"""Levenshtein's distance of pairs of sequences, int64 ``(B,)``.

    A change inserts, deletes or replaces a symbol. With D(i, j) between the first i symbols of
    one and the first j of the other,

    .. math:: D_{ij} = \min \big( D_{i-1,j-1} + [a_i \ne b_j], \; D_{i-1,j} + 1, \;
              D_{i,j-1} + 1 \big)

    Row i is computed at once from row i - 1: the last term is a running minimum of
    :math:`D_{ij} - j`. (Levenshtein, 1966; Wagner and Fischer, 1974,
    https://doi.org/10.1145/321796.321811.)

    Args:
        one: indices ``(B, S)``, -1 after the end.
        other: indices ``(B, T)``, -1 after the end.

    >>> edit_distance(torch.tensor([[1, 2, 3], [4, -1, -1]]), torch.tensor([[2, 3], [4, 5]]))
    tensor([1, 1])
    """
    places = torch.arange(other.shape[1] + 1, device=other.device)
    row = places.expand(len(other), -1)
    for symbol in one.unbind(1):
        known = (symbol >= 0)[:, None]
        replaced = row[:, :-1] + (symbol[:, None] != other)
        below = torch.cat([row[:, :1] + 1, replaced.minimum(row[:, 1:] + 1)], 1)
        row = torch.where(known, (below - places).cummin(1).values + places, row)
    return row.gather(1, (other >= 0).sum(1, keepdim=True))[:, 0]
