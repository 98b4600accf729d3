r"""The interface of a unit family: the distribution of a group of units given its field.

Given its field :math:`f`, the total input from its neighbours, a group consists of independent
units with a distribution from an exponential family,

.. math:: p(x \mid f) = h(x) \exp\big( \theta \cdot T(x) + f \cdot x - A(f) \big),
          \qquad T_1(x) = x,

The natural parameters :math:`\theta(\phi)` are functions of unconstrained parameters, so that no
optimiser step can leave their domain. The energy of the group, in nats, is
:math:`U(x) = -\theta \cdot T(x) - \log h(x)`.
"""

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
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

__all__ = ["MAX_STATES", "Neuron", "Units", "over_units", "whole"]

MAX_STATES = 2**22
"""Groups with more states (about 4 million) are not enumerated."""

Neuron = tuple[Tensor, Tensor, nn.Module]
"""(gain, bias, activation): the mean given a field is ``activation(gain * field + bias)``."""


def over_units(x: Tensor) -> Tensor:
    """Sums over all axes but the batch axis: ``(B, *shape) -> (B,)``."""
    return x.flatten(1).sum(1)


def whole(value: Any, name: str) -> int:  # noqa: ANN401
    """A setting as a whole number.

    Raises:
        ValueError: it is no whole number of at least 1.
    """
    try:
        number = 0 if isinstance(value, bool) else int(value)
    except (TypeError, ValueError, OverflowError):
        number = 0
    if number < 1 or number != value:
        raise UsageError(f"{name} is {value!r}; give a whole number of at least 1")
    return number


def _check_shape(family: str, shape: tuple[Any, ...], *, tied: Sequence[int]) -> None:
    if any(isinstance(n, bool) or not isinstance(n, Integral) for n in shape):
        raise UsageTypeError(
            f"{family}({', '.join(map(named, shape))}): the size of an axis is a whole number"
        )
    if not shape or min(shape) < 1:
        raise UsageError(f"{family}{shape}: give every axis at least one unit")
    if wrong := [axis for axis in tied if axis not in range(len(shape))]:
        raise UsageError(
            f"{family}{shape}: tied axes {wrong} are not among its axes, 0 to {len(shape) - 1}"
        )
    room(math.prod(map(int, shape)), f"a group of {' x '.join(map(str, shape))} units")


class Units(nn.Module, ABC):
    """A group of units that are independent of each other given their field.

    States ``x`` and fields ``f`` have shape ``(B, *shape)``; energies ``(B,)``, in nats.

    Args:
        *shape: the shape of the group, without the batch axis.
        tied: axes of ``shape`` along which the bias is shared, as in a feature map.
    """

    unit_axes: ClassVar[int] = 0
    """Number of trailing axes of ``shape`` that make up *one* unit (1 for one-hot vectors)."""

    growth: ClassVar[str] = "finite"
    """Growth of the energy: "finite" for bounded states; for unbounded ones "quadratic",
    "two-sided" (quadratic, with a curvature for each sign) or "factorial" (slower than that)."""

    log_precisions: ClassVar[Mapping[str, int]] = {}
    """Parameters that are logs of learned precisions, and the sign of the values that each of them
    holds for; 0 for all values."""

    domain: Domain = (-math.inf, math.inf)
    """The smallest and the largest value of a state, and so of a mean of states."""

    takes_context: ClassVar[bool] = False
    """Whether the family needs one number per row, such as the length of a document."""

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

    # --- what each family implements -------------------------------------------------------

    @abstractmethod
    def theta(self) -> tuple[Tensor, ...]:
        """Natural parameters of the whole group, the bias first, broadcastable to ``shape``."""

    @abstractmethod
    def statistics(self, x: Tensor) -> tuple[Tensor, ...]:
        """Sufficient statistics T(x), the first one x itself; each ``(B, *shape)``."""

    @abstractmethod
    def log_base(self, x: Tensor) -> Tensor:
        """The log base measure log h(x), ``(B,)``."""

    @abstractmethod
    def log_partition(self, field: Tensor) -> Tensor:
        """The log-partition function A(f) in nats, ``(B,)``."""

    @abstractmethod
    def moments(self, field: Tensor) -> tuple[Tensor, ...]:
        """E[T(x) | f] = dA/dtheta, the mean first; each ``(B, *shape)``."""

    @abstractmethod
    def mode(self, field: Tensor) -> Tensor:
        """The most probable state given the field, ``(B, *shape)``."""

    @abstractmethod
    def sample(self, field: Tensor, source: Source = None) -> Tensor:
        """An exact sample given the field, ``(B, *shape)``."""

    @abstractmethod
    def count(self) -> int | None:
        """The number of states; None if the group is continuous."""

    @abstractmethod
    def states(self) -> Tensor | None:
        """All states, ``(S, *shape)``; None if the group is continuous.

        Raises:
            ValueError: there are more than ``MAX_STATES``.
        """

    @abstractmethod
    def tilt(self, mean: Tensor) -> Tensor:
        """The field that gives this mean with a zero bias; means are clipped to the interior."""

    @abstractmethod
    def start(self, moments: Sequence[Tensor]) -> dict[str, Tensor]:
        """Initial parameters: without a field the group has these moments E[T], ``(*shape)``."""

    @abstractmethod
    def neuron(self) -> Neuron:
        """The mean given a field as gain, bias and activation of a layer, for ``unroll``."""

    @abstractmethod
    def outside(self, x: Tensor, *, means: bool = True) -> Tensor:
        """Whether a row has a value outside the domain, or NaN, ``(B,)``, bool.

        Args:
            x: ``(B, *shape)``.
            means: accept means of states too, such as grey pixels; False: states only.
        """

    @abstractmethod
    def check(self, x: Tensor) -> None:
        """Raises ValueError, with the remedy, if a value lies outside the domain.

        Values outside by no more than ``bounds.ROUNDING`` are accepted.
        """

    # --- what follows from it --------------------------------------------------------------

    def natural(self) -> tuple[Tensor, ...]:
        """Natural parameters; for a part of a group (``at``), those of its units."""
        theta = self.theta()
        if self.rows is None:
            return theta
        inner = self.whole[len(self.whole) - self.unit_axes :]
        return tuple(t.expand(self.whole).reshape(-1, *inner)[self.rows] for t in theta)

    @property
    def settings(self) -> dict[str, Any]:
        """Arguments of the constructor besides the shape and the tied axes; usually none."""
        return {}

    def precision(self) -> Tensor | None:
        """The coefficient of -x^2/2, for "quadratic" growth; else None."""
        return self.natural()[1] if self.growth == "quadratic" else None

    def curvature(self) -> Tensor | None:
        """The smallest second derivative of the energy of each unit; None if it has none."""
        return self.precision()

    def pooled(self, x: Tensor) -> Tensor:
        """Values as features for a classifier, ``(B, *shape)``: x itself, or sums over blocks."""
        return x

    def energy(self, x: Tensor) -> Tensor:
        """The group's own energy U(x) in nats, ``(B,)``."""
        pairs = zip(self.natural(), self.statistics(x), strict=True)
        return -sum((over_units(t * s) for t, s in pairs), start=self.log_base(x))

    def mean(self, field: Tensor) -> Tensor:
        """E[x | f], ``(B, *shape)``."""
        return self.moments(field)[0]

    def covariance(self, field: Tensor) -> Tensor:
        """Cov[x | f] within each unit, the derivative of the mean: ``(B, units, q, q)``.

        q is the number of values that make up one unit: 1, or the states of a one-hot vector.
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
        """Var[x | f] of each value, ``(B, *shape)``."""
        return self.covariance(field).diagonal(dim1=-2, dim2=-1).reshape(field.shape)

    def log_prob(self, x: Tensor, field: Tensor) -> Tensor:
        """log p(x | f) in nats, ``(B,)``; -inf if x is ``outside`` the domain."""
        inside = over_units(field * x) - self.energy(x) - self.log_partition(field)
        return torch.where(self.outside(x), -torch.inf, inside)

    def at(self, rows: Tensor) -> Self:
        """A part of the group that shares its parameters; ``rows`` are indices of its units."""
        part = copy.copy(self)
        part.rows = rows
        inner = self.whole[len(self.whole) - self.unit_axes :]
        part.shape = torch.Size([len(rows), *inner])
        return part

    def given(self, context: Tensor) -> Self:
        """The same units with one number per row bound to them, such as a document's length.

        Raises:
            ValueError: the family takes no context.
        """
        if not self.takes_context:
            raise UsageError(f"{type(self).__name__} units take no context; leave `given` out")
        part = copy.copy(self)
        part.context = torch.as_tensor(context, dtype=self.bias.dtype, device=self.bias.device)
        return part

    def context_in(self, x: Tensor) -> Tensor | None:
        """The context that these values have, ``(B,)``; None for a family that takes none."""
        del x
        return None

    def absorb(self, field: Tensor) -> None:
        """Adds a constant field, a number or of the bias's shape, to the bias in place."""
        with torch.no_grad():
            self.bias.add_(field)

    def load(self, **parameters: Tensor) -> None:
        """Sets parameters by name; values are averaged over tied axes."""
        with torch.no_grad():
            for name, value in parameters.items():
                parameter = self.get_parameter(name)
                axes = [i for i, n in enumerate(parameter.shape) if n == 1 and value.shape[i] > 1]
                parameter.copy_(value.mean(axes, keepdim=True) if axes else value)

    @torch.no_grad()
    def limit(self, most: Tensor, *, middle: Tensor) -> None:
        r"""Lowers learned precisions to a ceiling, in place; families without one do nothing.

        A fixed precision stays.

        A precision that is lowered by :math:`\Delta` takes :math:`\Delta m` from the bias, so that
        the mode of values around m stays. A precision of one sign does so where m has that sign.

        Args:
            most: largest log-precision, in the shape of the parameters.
            middle: m, typical values such as means of the data, in the same shape.
        """
        for name, side in self.log_precisions.items():
            p, m = self.get_parameter(name), middle.to(self.bias)
            if not p.requires_grad:
                continue
            lower = torch.minimum(p, most.to(p))
            at = m if not side else m.clamp(min=0) if side > 0 else m.clamp(max=0)
            self.bias.sub_(at * (p.exp() - lower.exp()))
            p.copy_(lower)

    def settled(self, x: Tensor) -> Tensor:
        """The values, with those that rounding left outside the domain moved to its boundary."""
        return settled(x, self.domain)

    def telling(self, field: Tensor) -> Tensor:
        """The part of a field ``(..., *shape)`` that affects probabilities; usually all of it.

        A field that adds the same to the energy of every state has no effect. This is the
        orthogonal projection that removes such a part.
        """
        return field

    def extra_repr(self) -> str:
        """The shape, and further settings."""
        more = (f"{name}={value}" for name, value in self.settings.items())
        return ", ".join([*map(str, self.shape), *more])
