r"""The ceiling of learned precisions, in the data's units.

A pixel that is lit in one training row has almost no variance. The likelihood of the training rows
then grows with its precision, and a test row in which it is lit can get less than -1e9 nats.
Values that are known only to steps of :math:`\delta` cannot tell a deviation below
:math:`\delta / \sqrt{12}`, that of rounding. So the precision of column i stays at most

.. math:: \lambda_i \le 1 / \max(\delta_i^2 / 12,\ \rho\, s_i^2)

with :math:`s_i^2` the variance of the column and :math:`\rho = 10^{-3}`, below which learning
diverges. The step :math:`\delta_i` is the smallest difference between two values of the column.
Columns of continuous values have tiny steps, and :math:`\rho` alone counts. A column that never
changes has the smallest step of all columns, and the median of their variances.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.data import Rows
from harmonium.graph import EnergyGraph
from harmonium.learning.penalties import Penalty

__all__ = ["Ceiling", "ceilings", "least_variance"]

_SHARE = 1e-3
"""rho: least learned variance, as a share of the column's variance."""
_NOTHING = 1e-7
"""Least learned variance where no column ever changes."""
_ROWS = 5000
"""Rows, evenly spaced, from which variances and steps are found, at most."""


@dataclass(frozen=True)
class Ceiling(Penalty):
    r"""Limits learned precisions after every update.

    The bias moves with a precision that is lowered, so that the mean of the column stays
    (``Units.limit``), as in the coordinates of ``learning.geometry``.

    Args:
        most: group -> maximum log-precision, in the shape of the parameter.
        middle: group -> means of the data, in the same shape.
    """

    most: Mapping[str, Tensor]
    middle: Mapping[str, Tensor]

    def pull(self, name: str, mean: Tensor, *, weights: Tensor) -> Tensor | None:
        """Returns None: only ``project`` acts."""
        del name, mean, weights
        return None

    def add(self, graph: EnergyGraph) -> None:
        """Does nothing: only ``project`` acts."""

    @torch.no_grad()
    def project(self, graph: EnergyGraph) -> None:
        """Lowers precisions above the ceiling."""
        for name, most in self.most.items():
            graph.units[name].limit(most, middle=self.middle[name])


def ceilings(
    graph: EnergyGraph, rows: Rows, *, group: str = "v", variance: Tensor | None = None
) -> list[Ceiling]:
    """The ceiling of the precisions of a group of visible units; empty for families without one.

    Units whose parameters are shared along an axis are one column.

    Args:
        graph: the machine.
        rows: training rows of the group, ``(N, *shape)`` or flat, in memory or in a file.
        group: name of the group.
        variance: variance of each column, in the shape of the parameters, where it is not that of
            the rows, such as of what a linear model of the past leaves; None: of the rows.
    """
    v = graph.units[group]
    if not v.log_precisions:
        return []
    spaced = torch.arange(min(_ROWS, len(rows)), device=rows.device)
    if len(rows) > _ROWS:
        spaced = spaced * len(rows) // _ROWS
    x = rows.index_select(0, spaced).reshape(-1, *v.shape)
    shared = [i + 1 for i in range(len(v.shape)) if i in v.tied]
    own = [i for i in range(1, x.ndim) if i not in shared]
    x = x.permute(0, *shared, *own).reshape(-1, v.bias.numel())
    given = None if variance is None else variance.flatten()
    most, middle = -least_variance(x, variance=given).log(), x.double().mean(0)
    shape = v.bias.shape
    return [Ceiling({group: most.view(shape)}, {group: middle.view(shape)})]


def least_variance(x: Tensor, *, variance: Tensor | None = None) -> Tensor:
    """The least variance that a machine may learn of each column of ``(N, D)``, ``(D,)``.

    Args:
        x: rows.
        variance: of each column, ``(D,)``; None: of the rows.

    >>> x = torch.zeros(100, 2)
    >>> x[0, 0] = 0.5            # lit in one row of a hundred; the other column never changes
    >>> least_variance(x)
    tensor([0.0208, 0.0208], dtype=torch.float64)
    """
    x = x.double()
    if len(x) < 2:
        return torch.full_like(x[0], _NOTHING)
    steps = x.sort(0).values.diff(dim=0)
    rounding = 1e-6 * (x.amax(0) - x.amin(0))
    step = torch.where(steps > rounding, steps, torch.inf).amin(0)
    moves = step.isfinite()
    variance = x.var(0, correction=0) if variance is None else variance.to(x)
    if not bool(moves.any()):
        return torch.full_like(variance, _NOTHING)
    step = torch.where(moves, step, step.amin())
    variance = torch.where(moves, variance, variance[moves].median())
    return torch.maximum(step.square() / 12, _SHARE * variance)
