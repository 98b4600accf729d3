r"""Centring and scaling: edits of the gradient, not of the model.

Written in centred coordinates, :math:`E = -(y - \lambda)^\top W (x - \mu) - \dots`, a change of W
does not move the mean fields. Mapped back to the plain parameters (Melchior, Fischer and Wiskott,
2016, https://jmlr.org/papers/v17/14-237.html; Montavon and Mueller, 2012) the descent direction is

.. math:: g_W = \langle (y - \lambda)(x - \mu)^\top \rangle_\pm, \qquad
          g_b = \langle x \rangle_\pm - g_W^\top \lambda, \qquad
          g_c = \langle y \rangle_\pm - g_W \mu

with :math:`\langle \cdot \rangle_\pm` the difference of the phases. So likelihoods, penalties,
gauges and ``unroll`` never meet the offsets. Where a group has a precision, :math:`x^2` likewise
becomes :math:`(x - \mu)^2`: a change of the precision does not move the mean. (Without it learning
from data far from zero, raw iris for one, diverges.)

Scaling does the same for a group with precisions :math:`1/\sigma^2` (Gaussian units): descent in
the coordinates :math:`\tilde W = \sigma W, \tilde b = \sigma b` of Hinton's :math:`v/\sigma` form,
at fixed precision, multiplies the gradients of W and b by the precision.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.func import functional_call

from harmonium.connections import Connection
from harmonium.graph import Edge, Graph
from harmonium.sampling import Phase, expected
from harmonium.units import Units

__all__ = ["Geometry", "Offsets", "follow"]

Offsets = Mapping[str, Tensor]
"""Group name -> the value at which it is centred, ``(*shape)``."""


@torch.no_grad()
def follow(graph: Graph, data: Phase, *, offsets: Offsets, rate: float) -> Offsets:
    """Offsets that follow the means of the data's phase (both sides: the "dd" variant).

    Args:
        graph: the machine.
        data: the data's phase.
        offsets: those so far; empty at first, when they become the means themselves.
        rate: weight of the new means in the moving average, in (0, 1].
    """
    new = {}
    for name in graph.units:
        mean = expected(data.weights, data.moments(graph, name)[0])
        new[name] = torch.lerp(offsets[name], mean, rate) if name in offsets else mean
    return new


@dataclass(frozen=True)
class Geometry:
    """The coordinates of one gradient: offsets by group (all of them or none), and scaling."""

    offsets: Offsets = field(default_factory=dict)
    scaling: bool = True

    def place(self, graph: Graph, name: str, *, x: Tensor) -> Tensor:
        """Rows of a group as its connections are to correlate them, ``(B, *shape)``."""
        if name in self.offsets:
            x = x - self.offsets[name]
        return self._scaled(graph, name, x=x)

    def bend(
        self,
        graph: Graph,
        slopes: Mapping[str, list[Tensor]],
        *,
        found: Mapping[Edge, Mapping[str, Tensor]],
    ) -> None:
        """Maps the slopes in place.

        Each bias loses the field that the weight gradients would send from the offsets, and is
        scaled. A tied bias can take up only the mean of such a field along its tied axes;
        the weights keep the rest.

        Args:
            graph: the machine.
            slopes: name -> d/dtheta, the bias's first.
            found: the gradients of each edge's parameters, from rows that were placed.
        """
        narrow = self._centres(graph)
        for name, (centre, _) in narrow.items():
            slopes[name][1] = slopes[name][1] + centre * slopes[name][0]
        scales = {name: self._scale(graph, name) for name in slopes}
        for name, scale in scales.items():
            if scale is not None:
                slopes[name][0] = slopes[name][0] * scale
        if not self.offsets:
            return
        tied = any(u.tied for u in graph.units.values())
        kept = {n: _untied(graph.units[n], s[0]) for n, s in slopes.items()} if tied else {}
        share = {name: _share(graph, name) for name in graph.units}
        for e, grads in found.items():
            self._keep(graph, e, kept=kept, grads=grads)
            sent = _linear(e.connection, grads, x=self.offsets[e.source])
            slopes[e.target][0] -= sent / share[e.target]
            if e.source != e.target:
                back = {f"connection.{k}": g for k, g in grads.items()}
                sent = _linear(_Adjoint(e.connection), back, x=self.offsets[e.target])
                slopes[e.source][0] -= sent / share[e.source]
        for name, (centre, precision) in narrow.items():
            slopes[name][0] += centre * precision.square() * slopes[name][1]

    def _centres(self, graph: Graph) -> dict[str, tuple[Tensor, Tensor]]:
        """(offset, as far as a shared bias can follow it, and precision) where there is one."""
        found = {}
        for name, offset in self.offsets.items():
            units = graph.units[name]
            if (precision := units.precision()) is not None:
                found[name] = offset - _untied(units, offset), precision
        return found

    def _keep(self, graph: Graph, e: Edge, *, kept: Offsets, grads: Mapping[str, Tensor]) -> None:
        """Adds to the weight gradients what tied biases could not take up."""
        if not (graph.units[e.source].tied or graph.units[e.target].tied):
            return
        x, y = (self._scaled(graph, name, x=self.offsets[name]) for name in (e.source, e.target))
        rows = torch.stack([kept[e.source], x]), torch.stack([y, kept[e.target]])
        more = e.connection.correlate(*rows, weights=x.new_ones(2))
        for parameter, grad in grads.items():
            grad += more[parameter]

    def _scaled(self, graph: Graph, name: str, *, x: Tensor) -> Tensor:
        precision = self._scale(graph, name)
        return x if precision is None else x * precision

    def _scale(self, graph: Graph, name: str) -> Tensor | None:
        return graph.units[name].precision() if self.scaling else None


def _share(graph: Graph, name: str) -> int:
    """How many units have one bias, along tied axes and in groups that share their units."""
    units = graph.units[name]
    copies = sum(u is units for u in graph.units.values())
    return copies * math.prod(units.shape[i] for i in units.tied)


def _untied(units: Units, x: Tensor) -> Tensor:
    """The part of a slope ``(*shape)`` that a shared bias does not see."""
    return x - x.mean(units.tied, keepdim=True) if units.tied else torch.zeros_like(x)


def _linear(module: "Connection | _Adjoint", named: Mapping[str, Tensor], *, x: Tensor) -> Tensor:
    """What a connection with these parameters makes of x, ``(*shape)``, less what of nothing."""
    if module.linear:
        return functional_call(module, dict(named), (x[None],))[0]
    something, nothing = functional_call(module, dict(named), (torch.stack([x, 0 * x]),))
    return something - nothing


class _Adjoint(torch.nn.Module):
    """The adjoint as a module's forward, which ``functional_call`` wants."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection
        self.linear = connection.linear

    def forward(self, y: Tensor) -> Tensor:
        return self.connection.adjoint(y)
