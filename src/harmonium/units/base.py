r"""The contract of a unit family: its answers to a field.

A group of units, given the field :math:`f` that the rest of the graph sends it, is independent
and an exponential family,

.. math:: p(x \mid f) = h(x) \exp\big( \theta \cdot T(x) + f \cdot x - A(f) \big),
          \qquad T_1(x) = x,

with the natural parameters :math:`\theta(\phi)` computed from unconstrained ones, so that no
optimiser step can leave the domain. Energies are in nats:
:math:`U(x) = -\theta \cdot T(x) - \log h(x)`.
"""

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from numbers import Integral
from typing import Any, ClassVar, Self

import torch
from torch import Tensor, nn

from harmonium.ambient import room
from harmonium.arguments import named
from harmonium.bounds import Count
from harmonium.errors import UsageError, UsageTypeError
from harmonium.random import Source
from harmonium.units.domain import Domain, settled

__all__ = ["MAX_STATES", "Neuron", "Units", "over_units"]

MAX_STATES = 2**22
"""Groups with more states than this are not enumerated (about 4 million)."""

Neuron = tuple[Tensor, Tensor, nn.Module]
"""(gain, bias, activation): the mean as an ordinary layer, ``activation(gain * field + bias)``."""


def over_units(x: Tensor) -> Tensor:
    """Sums everything but the batch: ``(B, *shape) -> (B,)``."""
    return x.flatten(1).sum(1)


def _check_shape(family: str, shape: tuple[Any, ...], *, tied: Sequence[int]) -> None:
    if any(isinstance(n, bool) or not isinstance(n, Integral) for n in shape):
        raise UsageTypeError(
            f"{family}({', '.join(map(named, shape))}): the size of an axis is a whole number"
        )
    if not shape or min(shape) < 1:
        raise UsageError(f"{family}{shape}: give every axis at least one unit")
    if wrong := [axis for axis in tied if axis not in range(len(shape))]:
        raise UsageError(
            f"{family}{shape}: tied axes {wrong} are none of its axes, 0 to {len(shape) - 1}"
        )
    room(math.prod(map(int, shape)), f"a group of {' x '.join(map(str, shape))} units")


class Units(nn.Module, ABC):
    """A group of units that are independent of each other given their field.

    States ``x`` and fields ``f`` have shape ``(B, *shape)``; energies ``(B,)``, in nats.

    Args:
        *shape: the shape of the group, batch axis not included.
        tied: axes of ``shape`` along which the bias is shared (a feature map's, for instance).
    """

    unit_axes: ClassVar[int] = 0
    """How many trailing axes of ``shape`` make up *one* unit (1 for one-hot vectors)."""

    growth: ClassVar[str] = "finite"
    """How far the states reach: "finite", or "quadratic" (unbounded, held by -x^2)."""

    domain: ClassVar[Domain] = (-math.inf, math.inf)
    """The least and the largest number of a state (or of a mean of states)."""

    takes_context: ClassVar[bool] = False
    """Whether a state needs one given number per row (a document's length)."""

    def __init__(self, *shape: Count, tied: Sequence[int] = ()) -> None:
        super().__init__()
        _check_shape(type(self).__name__, shape, tied=tied)
        shape = tuple(map(int, shape))
        self.shape = self.whole = torch.Size(shape)
        self.tied = tuple(tied)
        self.rows: Tensor | None = None
        self.context: Tensor | None = None
        size = [1 if i in tied else n for i, n in enumerate(shape)]
        self.bias = nn.Parameter(torch.zeros(size, dtype=torch.float32))

    # --- what a family answers -------------------------------------------------------------

    @abstractmethod
    def theta(self) -> tuple[Tensor, ...]:
        """Natural parameters of the whole group, the bias first, each broadcastable to shape."""

    @abstractmethod
    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """Sufficient statistics T(x), x itself first; each ``(B, *shape)``."""

    @abstractmethod
    def log_base(self, x: Tensor) -> Tensor:
        """log h(x), ``(B,)``."""

    @abstractmethod
    def log_partition(self, field: Tensor) -> Tensor:
        """A(f) in nats, ``(B,)``."""

    @abstractmethod
    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """E[T(x) | f], the mean first; each ``(B, *shape)``. It is dA/dtheta."""

    @abstractmethod
    def mode(self, field: Tensor) -> Tensor:
        """The most probable state given the field."""

    @abstractmethod
    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """An exact draw given the field."""

    @abstractmethod
    def count(self) -> int | None:
        """The number of states; None if they cannot be counted."""

    @abstractmethod
    def states(self) -> Tensor | None:
        """All states, ``(S, *shape)``; None if they cannot be counted.

        Raises:
            ValueError: there are more than ``MAX_STATES``.
        """

    @abstractmethod
    def tilt(self, mean: Tensor) -> Tensor:
        """The field on top of a zero bias that gives this mean (clipped into the interior)."""

    @abstractmethod
    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """Parameters under which a lone group has these moments E[T] (each of ``shape``)."""

    @abstractmethod
    def neuron(self) -> Neuron:
        """The mean as an ordinary layer, for ``unroll``."""

    @abstractmethod
    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Rows that hold a value of no state, ``(B,)``, bool; also those with NaN.

        Args:
            x: ``(B, *shape)``.
            means: whether means of states, such as grey pixels, count as inside.
        """

    @abstractmethod
    def check(self, x: Tensor) -> None:
        """Raises ValueError, with the remedy, if a value lies outside of the domain.

        What rounding can have left there (``bounds.ROUNDING``) counts as inside.
        """

    # --- what follows ----------------------------------------------------------------------

    def natural(self) -> tuple[Tensor, ...]:
        """Natural parameters; those of the chosen rows, if this is a part of a group."""
        theta = self.theta()
        if self.rows is None:
            return theta
        inner = self.whole[len(self.whole) - self.unit_axes :]
        return tuple(t.expand(self.whole).reshape(-1, *inner)[self.rows] for t in theta)

    def precision(self) -> Tensor | None:
        """What holds the units near their mean, the coefficient of -x^2/2; None if finite."""
        return self.natural()[1] if self.growth == "quadratic" else None

    def energy(self, x: Tensor) -> Tensor:
        """U(x) in nats, ``(B,)``."""
        pairs = zip(self.natural(), self.statistics(x), strict=True)
        return -sum((over_units(t * s) for t, s in pairs), start=self.log_base(x))

    def mean(self, field: Tensor) -> Tensor:
        """E[x | f]."""
        return self.moments(field)[0]

    def covariance(self, field: Tensor) -> Tensor:
        """Cov[x | f] within each unit, the slope of the mean in the field: ``(B, units, q, q)``.

        q is the number of numbers that make up one unit: 1, or the states of a one-hot one.
        """
        inner = self.shape[len(self.shape) - self.unit_axes :]
        one_by_one = torch.eye(inner.numel(), dtype=field.dtype, device=field.device)
        slopes: list[Tensor] = []
        for only in one_by_one.reshape(-1, *inner):
            with torch.enable_grad():
                f = field.detach().requires_grad_()
                slopes += torch.autograd.grad((self.mean(f) * only).sum(), f)
        return torch.stack([s.reshape(len(field), -1, inner.numel()) for s in slopes], -1)

    def variance(self, field: Tensor) -> Tensor:
        """Var[x | f] of each number, ``(B, *shape)``."""
        return self.covariance(field).diagonal(dim1=-2, dim2=-1).reshape(field.shape)

    def log_prob(self, x: Tensor, field: Tensor) -> Tensor:
        """log p(x | f) in nats, ``(B,)``: -inf where x is ``outside`` of the domain."""
        inside = over_units(field * x) - self.energy(x) - self.log_partition(field)
        return torch.where(self.outside(x), -torch.inf, inside)

    def at(self, rows: Tensor) -> Self:
        """The same units, some of them only: ``rows`` indexes the group flattened to one axis."""
        part = copy.copy(self)
        part.rows = rows
        inner = self.whole[len(self.whole) - self.unit_axes :]
        part.shape = torch.Size([len(rows), *inner])
        return part

    def given(self, context: Tensor) -> Self:
        """The same units, with one number per row bound to them (a document's length).

        Raises:
            ValueError: the family takes no context.
        """
        if not self.takes_context:
            raise UsageError(f"{type(self).__name__} units take no context; leave `given` out")
        part = copy.copy(self)
        part.context = torch.as_tensor(context, dtype=self.bias.dtype, device=self.bias.device)
        return part

    def absorb(self, field: Tensor) -> None:
        """Adds a constant field, of the bias's shape or one value, to the bias in place."""
        with torch.no_grad():
            self.bias.add_(field)

    def load(self, **parameters: Tensor) -> None:
        """Sets parameters by name, averaging over tied axes."""
        with torch.no_grad():
            for name, value in parameters.items():
                mine = self.get_parameter(name)
                axes = [i for i, n in enumerate(mine.shape) if n == 1 and value.shape[i] > 1]
                mine.copy_(value.mean(axes, keepdim=True) if axes else value)

    def settled(self, x: Tensor) -> Tensor:
        """The values, with those that rounding left just beyond the domain put on its edge."""
        return settled(x, self.domain)

    def telling(self, field: Tensor) -> Tensor:
        """The part of fields ``(..., *shape)`` that tells states apart: all of it, as a rule.

        The rest adds the same to every state. It is an orthogonal projection, and of a state
        it leaves out what all states have in common.
        """
        return field

    def extra_repr(self) -> str:
        """The shape."""
        return ", ".join(map(str, self.shape))
