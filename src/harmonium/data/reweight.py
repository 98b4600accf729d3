"""Weights that compensate for related sequences in the data."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from harmonium.bounds import Share
from harmonium.errors import DataError

__all__ = ["sequence_weights"]

_NUMBERS = 2**22  # maximum number of comparisons at once


def sequence_weights(x: Tensor, sites: int, *, identity: Share = 0.8) -> Tensor:
    r"""1 / the number of neighbours of each row, itself included: ``(N,)``, float32.

    .. math:: w_n = 1 \Big/ \#\{m : \text{identical sites of } x_n, x_m \ge \theta L\}

    The sum of the weights is the effective number of sequences (Morcos et al., 2011,
    https://doi.org/10.1073/pnas.1111471108, with theta = 0.8). Gaps count as a letter. Pairs are
    compared block by block and once each, so that memory does not grow with N^2.

    Args:
        x: one-hot rows, ``(N, sites * letters)``.
        sites: number of sites, L.
        identity: theta, the fraction of sites on which neighbours agree.

    Raises:
        ValueError: rows are not one-hot, or the identity lies outside (0, 1].

    >>> codes = torch.tensor([[0, 0, 0, 0, 0], [0, 0, 0, 0, 1], [1, 1, 1, 1, 1]])
    >>> x = torch.eye(2)[codes].flatten(1)
    >>> sequence_weights(x, 5)
    tensor([0.5000, 0.5000, 1.0000])
    """
    if not 0 < identity <= 1:
        raise DataError(f"identity is {identity}; a share of the sites in (0, 1] is needed")
    ones = (x == 1).sum(1)
    if not (bool(((x == 0) | (x == 1)).all()) and bool((ones == sites).all())):
        raise DataError(f"rows are not one-hot over {sites} sites; encode letters first")
    x = x.float()
    needed = math.ceil(identity * sites - 1e-9)  # .28 * 25 is 7.000000000000001
    n = len(x)
    near = torch.zeros(n, dtype=torch.int64, device=x.device)
    step = max(1, math.isqrt(_NUMBERS))
    starts = range(0, n, step)
    for here in starts:
        mine = x[here : here + step]
        for there in range(here, n, step):
            close = mine @ x[there : there + step].mT >= needed
            near[here : here + step] += close.sum(1)
            if there > here:
                near[there : there + step] += close.sum(0)
    return 1 / near.float()
