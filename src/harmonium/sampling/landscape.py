r"""The energy landscape of a net of spins, on the square spanned by two patterns.

Let A be the units on which the two patterns agree, D those on which they differ, and :math:`\xi`
the first pattern. A point :math:`(s, d) \in [-1, 1]^2` of the square stands for units with means
:math:`m = s\, \xi` on A and :math:`m = d\, \xi` on D. The patterns are the corners (1, 1) and
(1, -1), and their negatives are the other two corners. The height is the free energy of
independent units with these means,

.. math:: F(m) = -\tfrac12 m^\top J m - b^\top m - T \sum_i H(m_i)

with H the entropy of a spin. At T = 0 this is the expected energy; at T > 0 it is the energy that
a net of graded units with gain 1/T minimises (Hopfield, 1984,
https://doi.org/10.1073/pnas.81.10.3088). The *place* of a state on the square is its overlaps with
:math:`\xi` on A and on D. If Hebb's rule stored exactly these two patterns, the energy of a state
equals the height (at T = 0) of its place to within one nat. In any other net the two can differ.
"""

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import Graph

__all__ = ["landscape", "place"]


@torch.no_grad()
def landscape(graph: Graph, pair: Tensor, *, temperature: float = 0.0, points: int = 81) -> Tensor:
    """F in nats on a grid of the square, ``(points, points)``; rows are d, columns are s.

    Args:
        graph: a machine or view with one group of spins, "x".
        pair: two patterns of -1 and +1, ``(2, *shape)``.
        temperature: T, at least 0.
        points: grid points along each side.

    Raises:
        ValueError: the patterns are equal or opposite, so that they span no square; or a negative
            temperature.
    """
    if temperature < 0:
        raise UsageError(f"temperature {temperature} is negative: give 0 or more")
    first, agree = _split(pair)
    along = torch.linspace(-1, 1, points, dtype=first.dtype)
    d, s = torch.meshgrid(along, along, indexing="ij")
    m = torch.where(agree, s.reshape(-1, 1), d.reshape(-1, 1)) * first
    energy = graph.energy({"x": m.reshape(-1, *pair.shape[1:])})
    up = ((1 + m) / 2).clamp(0, 1)
    entropy = (torch.special.entr(up) + torch.special.entr(1 - up)).sum(1)
    return (energy - temperature * entropy).reshape(points, points)


def place(x: Tensor, pair: Tensor) -> Tensor:
    """The places (s, d) of states on the square of two patterns, ``(..., 2)``.

    Args:
        x: spins or their means, ``(..., *shape)``.
        pair: two patterns of -1 and +1, ``(2, *shape)``.

    Raises:
        ValueError: as in ``landscape``.

    >>> pair = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, -1.0, -1.0]])
    >>> place(pair, pair)
    tensor([[ 1.,  1.],
            [ 1., -1.]])
    """
    first, agree = _split(pair)
    same = x.flatten(x.ndim - pair.ndim + 1) * first
    return torch.stack([same[..., agree].mean(-1), same[..., ~agree].mean(-1)], -1)


def _split(pair: Tensor) -> tuple[Tensor, Tensor]:
    first, second = pair.flatten(1)
    agree = first == second
    if bool(agree.all()) or not bool(agree.any()):
        raise UsageError(
            "the two patterns are equal or opposite, so they span no square: give two others"
        )
    return first, agree
