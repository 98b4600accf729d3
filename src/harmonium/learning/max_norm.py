"""The limit on the norm of the weights of every unit."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from harmonium.bounds import Positive

__all__ = ["limit_norms", "max_norm"]


@torch.no_grad()
def limit_norms(weight: Tensor, limit: float) -> None:
    r"""Scales the rows of a weight that are longer than a limit to that norm, in place.

    .. math:: w_j \leftarrow w_j \min(1, c / |w_j|)

    Args:
        weight: ``(units, *)``; its rows along the first axis are the weights of each unit.
        limit: the largest Euclidean norm c.
    """
    norms = weight.flatten(1).norm(dim=1).clamp(min=limit)
    weight.mul_((limit / norms).reshape(-1, *[1] * (weight.ndim - 1)))


def max_norm(net: nn.Module, limit: Positive) -> Callable[[], None]:
    """Makes a function that limits the norms of all hidden units of a net.

    The last weight is that of the output layer, which is not limited. Biases are not limited.
    (Srivastava et al., 2014, https://jmlr.org/papers/v15/srivastava14a.html, section 5.1.)

    Args:
        net: a net with dense layers in the order in which rows pass them.
        limit: the largest Euclidean norm of the weights of a unit.
    """
    weights = [p for p in net.parameters() if p.ndim > 1][:-1]
    return partial(_limit_all, weights, float(limit))


def _limit_all(weights: Sequence[Tensor], limit: float) -> None:
    for weight in weights:
        limit_norms(weight, limit)
