"""Exact counts of the linear pieces of a net and of the regions that threshold units make."""

from dataclasses import dataclass
from math import comb

import torch
from torch import Tensor, nn

from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.extras import need

__all__ = ["Pieces", "Regions", "most_regions", "pieces", "regions"]

_EQUAL = 1e-9
"""Slopes that differ by less than this share of the steepest one are equal."""

_WIDE = 1e-7
"""Least radius of a region, in units of a box around the crossings; smaller ones are empty."""


@dataclass(frozen=True)
class Pieces:
    """A function of one variable that is linear between its ends.

    Args:
        ends: of the pieces, ascending, ``(P + 1,)``.
        values: of the function at the ends, ``(P + 1, K)``.
    """

    ends: Tensor
    values: Tensor

    @property
    def count(self) -> int:
        """Number of pieces, P."""
        return len(self.ends) - 1

    @property
    def slopes(self) -> Tensor:
        """Slope of every piece, ``(P, K)``."""
        return self.values.diff(dim=0) / self.ends.diff()[:, None]


@torch.no_grad()
def pieces(net: nn.Sequential, *, low: float, high: float) -> Pieces:
    """Finds the linear pieces of a net of one input on an interval, exactly, without sampling.

    Layer by layer: between two ends, the weighted sum z of every unit is linear, so that its zero
    follows from its values at these ends. Each zero is a new end. In the last step, ends where no
    output changes its slope are dropped. Work is done in float64.

    Args:
        net: ``nn.Linear``, ``nn.ReLU``, ``nn.LeakyReLU`` and ``nn.Identity``; one input.
        low: start of the interval.
        high: its end.

    Raises:
        ValueError: the net has other modules or several inputs, or the interval is empty.

    >>> net = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1)).double()
    >>> _ = net[0].weight.data.copy_(torch.tensor([[1.0], [-1.0]])), net[0].bias.data.zero_()
    >>> _ = net[2].weight.data.fill_(1), net[2].bias.data.zero_()
    >>> pieces(net, low=-3, high=3).ends  # |x| = max(0, x) + max(0, -x)
    tensor([-3.,  0.,  3.], dtype=torch.float64)
    """
    if not low < high:
        raise UsageError(f"the interval from {low:g} to {high:g} is empty: give low < high")
    ends = torch.tensor([low, high], dtype=torch.float64)
    values = ends[:, None]
    for name, part in net.named_children():
        if isinstance(part, nn.Linear):
            if part.in_features != values.shape[1]:
                raise UsageError(
                    f"{name} reads {part.in_features} values, not {values.shape[1]}: pieces are "
                    "those of a net of one input"
                )
            bias = 0.0 if part.bias is None else part.bias.double()
            values = values @ part.weight.double().mT + bias
        elif isinstance(part, nn.ReLU | nn.LeakyReLU):
            ends, values = _with_zeros(ends, values)
            below = part.negative_slope if isinstance(part, nn.LeakyReLU) else 0.0
            values = values.clamp(min=0) + below * values.clamp(max=0)
        elif not isinstance(part, nn.Identity):
            raise UsageError(
                f"{name}: pieces are linear in nets of Linear, ReLU, LeakyReLU and Identity, not "
                f"of {type(part).__name__}"
            )
    return _merged(ends, values)


def _with_zeros(ends: Tensor, values: Tensor) -> tuple[Tensor, Tensor]:
    """Adds the zeros of every unit to the ends, with the values of all units there."""
    left, right = values[:-1], values[1:]
    piece, unit = torch.nonzero((left * right) < 0, as_tuple=True)
    z0, z1 = left[piece, unit], right[piece, unit]
    share = z0 / (z0 - z1)
    places = ends[piece] + share * (ends[piece + 1] - ends[piece])
    between = left[piece] + share[:, None] * (right[piece] - left[piece])
    between[torch.arange(len(unit)), unit] = 0.0
    every, order = torch.cat([ends, places]).sort(stable=True)
    both = torch.cat([values, between])[order]
    kept = torch.cat([torch.ones(1, dtype=torch.bool), every.diff() > 0])
    return every[kept], both[kept]


def _merged(ends: Tensor, values: Tensor) -> Pieces:
    """Joins neighbouring pieces of equal slope."""
    slopes = Pieces(ends, values).slopes
    limit = _EQUAL * slopes.abs().max()
    bends = (slopes.diff(dim=0).abs() > limit).any(1)
    always = torch.ones(1, dtype=torch.bool)
    kept = torch.cat([always, bends, always])
    return Pieces(ends[kept], values[kept])


# --- regions of threshold units --------------------------------------------------------------


@dataclass(frozen=True)
class Regions:
    """The regions into which threshold units cut their input space.

    Args:
        codes: which units are on, one row for each region, ``(R, units)``, bool.
        points: a point inside each region, ``(R, D)``.
    """

    codes: Tensor
    points: Tensor

    def __len__(self) -> int:
        return len(self.codes)


def regions(weights: Tensor, biases: Tensor) -> Regions:
    r"""All codes that units with :math:`w_k \cdot x + b_k > 0` give to some region, exactly.

    The boundaries are added one after the other. Whether a region lies on both sides of the next
    one is decided by a linear program: the largest ball inside. n units have :math:`2^n` codes,
    of which at most :math:`\sum_{i \le D} \binom ni` occur (``most_regions``).

    Args:
        weights: ``(units, D)``.
        biases: ``(units,)``.

    Raises:
        ValueError: a unit has no weight that is not zero, or shapes do not fit.
        ImportError: scipy is missing, which comes with scikit-learn.

    >>> lines = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> three = regions(lines, torch.tensor([0.0, 0.0, -1.0]))
    >>> len(three), [0, 0, 1] in three.codes.int().tolist()
    (7, False)
    """
    w, b = weights.detach().double(), biases.detach().double()
    norms = w.norm(dim=1)
    if w.shape[:1] != b.shape or not bool((norms > 0).all()):
        raise UsageError(
            f"weights {tuple(w.shape)} and biases {tuple(b.shape)}: give a row of weights, not "
            "all of them zero, and a bias for every unit"
        )
    w, b = w / norms[:, None], b / norms
    known: list[tuple[tuple[bool, ...], Tensor]] = [((), w.new_zeros(w.shape[1]))]
    for k in range(1, len(w) + 1):
        halves = [(*code, side) for code, _ in known for side in (False, True)]
        centres = [_inside(w[:k], b[:k], code=code) for code in halves]
        pairs = zip(halves, centres, strict=True)
        known = [(code, point) for code, point in pairs if point is not None]
    codes = torch.tensor([code for code, _ in known], dtype=torch.bool)
    return Regions(codes, torch.stack([point for _, point in known]))


def _inside(w: Tensor, b: Tensor, *, code: tuple[bool, ...]) -> Tensor | None:
    """Centre of a large ball inside the region of a code; None if the region is empty.

    Maximises r under s_k (w_k . x + b_k) >= r with s = +-1 and r <= 1. Unit weights make r a
    distance.
    """
    need("sklearn", "exact regions need")
    from scipy import optimize

    sign = torch.tensor(code, dtype=torch.float64) * 2 - 1
    upper = torch.cat([-sign[:, None] * w, w.new_ones(len(w), 1)], 1)
    goal = [0.0] * w.shape[1] + [-1.0]
    size = 1.0 + float(b.abs().max())
    room = [(None, None)] * w.shape[1] + [(None, size)]
    result = optimize.linprog(
        goal, A_ub=upper.numpy(), b_ub=(sign * b).numpy(), bounds=room, method="highs"
    )
    if result.status or result.x[-1] <= _WIDE * size:
        return None
    return torch.from_numpy(result.x[:-1])


@checked
def most_regions(units: Count, dimensions: Count) -> int:
    r"""The largest number of regions: :math:`\sum_{i=0}^{D} \binom{n}{i}` (Schläfli).

    It is reached by boundaries in general position.

    >>> [most_regions(n, 2) for n in (1, 2, 3)]
    [2, 4, 7]
    """
    return sum(comb(units, i) for i in range(dimensions + 1))
