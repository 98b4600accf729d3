r"""Storage rules of Hopfield nets: weights with which given patterns are fixed points of recall.

Patterns :math:`\xi^\mu` are P rows of N spins (-1, +1). Each rule returns symmetric weights
``(N, N)`` with a zero diagonal, for ``hopfield(N, weights=...)``.

| rule | weights | capacity, N large |
|---|---|---|
| ``hebb`` | sum of products of spins / N | .138 N random patterns with few wrong spins |
| ``storkey`` | the same, less the present local fields | N / sqrt(2 log N), all spins right |
| ``pseudo_inverse`` | the projection onto the patterns | independent patterns (see there) |

The often quoted .15 N (Hopfield, 1982) is past the transition at .138 N (Amit, Gutfreund and
Sompolinsky, 1985, https://doi.org/10.1103/PhysRevLett.55.1530), where recall breaks down.
"""

import torch
from torch import Tensor

from harmonium.errors import UsageError

__all__ = ["hebb", "pseudo_inverse", "storkey"]


def hebb(patterns: Tensor) -> Tensor:
    r"""Hebb's rule: :math:`J_{ij} = \frac1N \sum_\mu \xi_i^\mu \xi_j^\mu` for i != j, else 0.

    (Hopfield, 1982, https://doi.org/10.1073/pnas.79.8.2554.)

    Args:
        patterns: ``(P, *shape)`` of -1 and +1.

    Returns:
        J, ``(N, N)``, with the dtype of the patterns.

    Raises:
        ValueError: a value is neither -1 nor +1.

    >>> hebb(torch.tensor([[1.0, -1.0, 1.0]]))
    tensor([[ 0.0000, -0.3333,  0.3333],
            [-0.3333,  0.0000, -0.3333],
            [ 0.3333, -0.3333,  0.0000]])
    """
    x = _checked(patterns)
    return (x.mT @ x / x.shape[1]).fill_diagonal_(0)


def storkey(patterns: Tensor) -> Tensor:
    r"""Storkey's rule: local like Hebb's rule, with a larger capacity.

    Patterns are stored one after the other. With the local fields
    :math:`h_{ij} = \sum_{k \ne i, j} J_{ik} \xi_k` of the present weights,

    .. math:: J_{ij} \leftarrow J_{ij}
              + \frac1N (\xi_i \xi_j - \xi_i h_{ji} - h_{ij} \xi_j), \qquad i \ne j

    (Storkey, 1997, https://doi.org/10.1007/BFb0020196.)

    Args:
        patterns: ``(P, *shape)`` of -1 and +1; their order has a small influence.

    Returns:
        J, ``(N, N)``, with the dtype of the patterns.

    Raises:
        ValueError: a value is neither -1 nor +1.
    """
    rows = _checked(patterns)
    n = rows.shape[1]
    j = rows.new_zeros(n, n)
    for x in rows:
        h = (j @ x)[:, None] - j * x  # without k = j, and without k = i as the diagonal is zero
        j += (x.outer(x) - x[:, None] * h.mT - h * x) / n
        j.fill_diagonal_(0)
    return j


def pseudo_inverse(patterns: Tensor) -> Tensor:
    r"""The projection (pseudo-inverse) rule: :math:`J = X^+ X` without its diagonal.

    With the projection :math:`P = X^+ X`, the field on spin i in a stored pattern is
    :math:`(1 - P_{ii}) \xi_i`. So all patterns are fixed points, however similar they are, unless
    some :math:`P_{ii}` is 1 (Personnaz, Guyon and Dreyfus, 1985,
    https://doi.org/10.1051/jphyslet:01985004608035900). The mean of :math:`P_{ii}` is the rank of
    the patterns over N, so nearly N random patterns can be stored.

    :math:`P_{ii}` is 1 if the patterns can be combined to a vector that is zero except at spin i;
    two patterns that differ only there are enough. The other spins then do not determine spin i:
    its weights are zero, both its states have the same energy, and ``recall`` sets it to +1. (The
    paper keeps the diagonal, with which such a spin keeps its value.)

    The rule is not local: every weight depends on all patterns.

    Args:
        patterns: ``(P, *shape)`` of -1 and +1; repetitions make no difference.

    Returns:
        J, ``(N, N)``, with the dtype of the patterns.

    Raises:
        ValueError: a value is neither -1 nor +1.
    """
    x = _checked(patterns)
    double = x.double()
    projection = torch.linalg.pinv(double) @ double
    alone = projection.diagonal() > 1 - 1e-9  # the other weights of such a spin are rounding
    projection = torch.where(alone | alone[:, None], 0.0, projection).fill_diagonal_(0)
    return ((projection + projection.mT) / 2).to(x)


def _checked(patterns: Tensor) -> Tensor:
    x = patterns.flatten(1)
    if wrong := int((x.abs() != 1).sum()):
        raise UsageError(
            f"{wrong} of {x.numel()} values are neither -1 nor +1; storage rules need spins: "
            "map binary patterns by 2 x - 1"
        )
    return x
