r"""Storage rules: the weights under which patterns become fixed points, in one pass over them.

Patterns :math:`\xi^\mu` are P rows of N spins (-1, +1). Each rule returns symmetric weights
``(N, N)`` with an empty diagonal, ready for ``hopfield(N, weights=...)``.

| rule | weights | holds, N large |
|---|---|---|
| ``hebb`` | sum of products of spins / N | .138 N random patterns with few wrong spins |
| ``storkey`` | the same, less what the net already says | N / sqrt(2 log N), all spins right |
| ``pseudo_inverse`` | the projection onto the patterns | independent patterns (but see there) |

The often quoted .15 N (Hopfield, 1982) lies past the transition at .138 N (Amit, Gutfreund and
Sompolinsky, 1985, https://doi.org/10.1103/PhysRevLett.55.1530): there recall breaks down.
"""

import torch
from torch import Tensor

from harmonium.errors import UsageError

__all__ = ["hebb", "pseudo_inverse", "storkey"]


def hebb(patterns: Tensor) -> Tensor:
    r"""Hebb's rule: :math:`J_{ij} = \frac1N \sum_\mu \xi_i^\mu \xi_j^\mu`, no self-coupling.

    (Hopfield, 1982, https://doi.org/10.1073/pnas.79.8.2554.)

    Args:
        patterns: ``(P, *shape)`` of -1 and +1.

    Returns:
        ``(N, N)``, of the patterns' type.

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
    r"""Storkey's rule: local like Hebb's, and what is stored already is not stored again.

    One pattern after the other, with the local fields
    :math:`h_{ij} = \sum_{k \ne i, j} J_{ik} \xi_k` of the weights so far,

    .. math:: J_{ij} \leftarrow J_{ij}
              + \frac1N (\xi_i \xi_j - \xi_i h_{ji} - h_{ij} \xi_j), \qquad i \ne j

    (Storkey, 1997, https://doi.org/10.1007/BFb0020196.)

    Args:
        patterns: ``(P, *shape)`` of -1 and +1; their order matters a little.

    Returns:
        ``(N, N)``.

    Raises:
        ValueError: a value is neither -1 nor +1.
    """
    rows = _checked(patterns)
    n = rows.shape[1]
    j = rows.new_zeros(n, n)
    for x in rows:
        h = (j @ x)[:, None] - j * x  # without k = j; j's diagonal is empty, so without k = i too
        j += (x.outer(x) - x[:, None] * h.mT - h * x) / n
        j.fill_diagonal_(0)
    return j


def pseudo_inverse(patterns: Tensor) -> Tensor:
    r"""The projection rule: :math:`J = X^+ X`, less its diagonal.

    The field on a stored spin is :math:`(1 - P_{ii}) \xi_i` with P the projection, so that all
    patterns are fixed points exactly, however alike they are, as long as no :math:`P_{ii}` is 1
    (Personnaz, Guyon and Dreyfus, 1985, https://doi.org/10.1051/jphyslet:01985004608035900). The
    mean of :math:`P_{ii}` is their rank over N: random patterns do well up to nearly N of them.

    :math:`P_{ii} = 1` where spin i by itself is a combination of the patterns: two of them that
    differ in this spin only are enough. The others then tell nothing about it. Its weights are
    all zero, both its states have the same energy, and ``recall`` sets it to +1; all other
    spins are held. (The paper keeps the diagonal, by which such a spin holds itself.)

    Not local: every weight depends on every pattern.

    Args:
        patterns: ``(P, *shape)`` of -1 and +1; repeated ones do no harm.

    Returns:
        ``(N, N)``.

    Raises:
        ValueError: a value is neither -1 nor +1.
    """
    x = _checked(patterns)
    double = x.double()
    projection = torch.linalg.pinv(double) @ double
    alone = projection.diagonal() > 1 - 1e-9  # what is left beside such a one is rounding
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
