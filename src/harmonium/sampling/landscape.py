r"""The energy landscape of a net of spins, on the square that two patterns span.

Split the units into those A on which the patterns agree and those D on which they differ. The
square :math:`(s, d) \in [-1, 1]^2` holds the means :math:`m = s\, \xi` on A and
:math:`m = d\, \xi` on D, with :math:`\xi` the first pattern: the two patterns are its corners
(1, 1) and (1, -1), their mirror images the other two. Its height is that of independent units
with these means,

.. math:: F(m) = -\tfrac12 m^\top J m - b^\top m - T \sum_i H(m_i)

with H a spin's entropy: at T = 0 their expected energy, above it the energy that a net of graded
units with gain 1/T runs down (Hopfield, 1984, https://doi.org/10.1073/pnas.81.10.3088). A state
has a *place* on the square, its overlaps with :math:`\xi` on A and on D. If Hebb's rule stored
these two patterns and no others, the energy of a state is the height of its place, to within one
nat; in any other net the square shows where a state lies, not how high.
"""

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import Graph

__all__ = ["landscape", "place"]


@torch.no_grad()
def landscape(graph: Graph, pair: Tensor, *, temperature: float = 0.0, points: int = 81) -> Tensor:
    """F in nats on a grid of the square, ``(points, points)``: a row has one d, a column one s.

    Args:
        graph: a machine or view with one group of spins, "x".
        pair: two patterns of -1 and +1, ``(2, *shape)``.
        temperature: T.
        points: along each side.

    Raises:
        ValueError: the patterns are equal or opposite, so that there is no square; a negative
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
    """Where states lie on the square of two patterns: (s, d), ``(..., 2)``.

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
