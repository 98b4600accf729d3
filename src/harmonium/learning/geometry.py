r"""Centring and scaling: transformations of the gradient that leave the model as it is.

In centred coordinates, :math:`E = -(y - \lambda)^\top W (x - \mu) - \dots`, a change of W does not
change the mean fields. Mapped back to the plain parameters (Melchior, Fischer and Wiskott, 2016,
https://jmlr.org/papers/v17/14-237.html; Montavon and Mueller, 2012,
https://doi.org/10.1007/978-3-642-35289-8_33), the gradient is

.. math:: g_W = \langle (y - \lambda)(x - \mu)^\top \rangle_\pm, \qquad
          g_b = \langle x \rangle_\pm - g_W^\top \lambda, \qquad
          g_c = \langle y \rangle_\pm - g_W \mu

with :math:`\langle \cdot \rangle_\pm` the difference of the two phases. Since the model keeps its
plain parameters, likelihoods, penalties, gauges and ``unroll`` do not depend on the offsets. In
groups with a precision, :math:`x^2` likewise becomes :math:`(x - \mu)^2`, so that a change of the
precision does not change the mean. (Without this, learning diverges on data far from zero, such as
raw iris data.)

Scaling applies to groups with precisions :math:`1/\sigma^2` (Gaussian units). Descent in the
coordinates :math:`\tilde W = \sigma W, \tilde b = \sigma b` of Hinton's :math:`v/\sigma` form, at
fixed precision, multiplies the gradients of W and b by the precision.
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
"""Group name -> the offset that is subtracted from its values, ``(*shape)``."""


@torch.no_grad()
def follow(graph: Graph, data: Phase, *, offsets: Offsets, rate: float) -> Offsets:
    """Updates the centring offsets, moving averages of the means of the data's phase.

    Both groups of a connection are centred on data means (variant "dd" of Melchior et al.). Counts
    of words keep the offset zero, because their mean depends on the length of the document.

    Args:
        graph: the machine.
        data: the data's phase.
        offsets: the previous offsets; if empty, the result is the means themselves.
        rate: weight of the new means in the moving average, in (0, 1].
    """
    new = {}
    for name in graph.units:
        mean = expected(data.weights, data.moments(graph, name)[0])
        if graph.units[name].takes_context:
            mean = torch.zeros_like(mean)
        new[name] = torch.lerp(offsets[name], mean, rate) if name in offsets else mean
    return new


@dataclass(frozen=True)
class Geometry:
    """The coordinates of a gradient.

    Args:
        offsets: centring offsets of all groups; empty: no centring.
        scaling: scale the gradients of groups with a precision.
    """

    offsets: Offsets = field(default_factory=dict)
    scaling: bool = True

    def place(self, graph: Graph, name: str, *, x: Tensor) -> Tensor:
        """Centres and scales the rows of a group before they are correlated, ``(B, *shape)``."""
        if name in self.offsets:
            x = x - self.offsets[name]
        return self._scaled(graph, name, x=x)

    def bend(
        self,
        graph: Graph,
        slopes: Mapping[str, list[Tensor]],
        *,
        edge_gradients: Mapping[Edge, Mapping[str, Tensor]],
    ) -> None:
        """Maps the gradients of the groups' parameters to plain coordinates, in place.

        The gradient of each bias is scaled, and the field that the weight gradients would produce
        from the offsets is subtracted from it. A tied bias can absorb only the mean of such a
        field along its tied axes; the weight gradients keep the rest.

        Args:
            graph: the machine.
            slopes: name -> gradients with respect to theta, the bias first.
            edge_gradients: edge -> gradients of its parameters, computed from rows given by
                ``place``.
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
        for e, grads in edge_gradients.items():
            if not grads:  # a fixed connection
                continue
            self._keep(graph, e, kept=kept, grads=grads)
            change = _linear(e.connection, grads, x=self.offsets[e.source])
            slopes[e.target][0] -= change / share[e.target]
            if e.source != e.target:
                back = {f"connection.{k}": g for k, g in grads.items()}
                change = _linear(_Adjoint(e.connection), back, x=self.offsets[e.target])
                slopes[e.source][0] -= change / share[e.source]
        for name, (centre, precision) in narrow.items():
            slopes[name][0] += centre * precision.square() * slopes[name][1]

    def _centres(self, graph: Graph) -> dict[str, tuple[Tensor, Tensor]]:
        """Offset (averaged along tied axes) and precision of every group that has a precision."""
        centres = {}
        for name, offset in self.offsets.items():
            units = graph.units[name]
            if (precision := units.precision()) is not None:
                centres[name] = offset - _untied(units, offset), precision
        return centres

    def _keep(self, graph: Graph, e: Edge, *, kept: Offsets, grads: Mapping[str, Tensor]) -> None:
        """Adds the corrections that tied biases cannot absorb to the weight gradients."""
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
    """Number of units that share one bias, along tied axes and between groups that share it."""
    units = graph.units[name]
    copies = sum(u.bias is units.bias for u in graph.units.values())
    return copies * math.prod(units.shape[i] for i in units.tied)


def _untied(units: Units, x: Tensor) -> Tensor:
    """The part of a gradient ``(*shape)`` that averages to zero along the tied axes."""
    return x - x.mean(units.tied, keepdim=True) if units.tied else torch.zeros_like(x)


def _linear(module: "Connection | _Adjoint", named: Mapping[str, Tensor], *, x: Tensor) -> Tensor:
    """The linear part of a connection with these parameters, applied to x, ``(*shape)``."""
    if module.linear:
        return functional_call(module, dict(named), (x[None],))[0]
    field, offset = functional_call(module, dict(named), (torch.stack([x, 0 * x]),))
    return field - offset


class _Adjoint(torch.nn.Module):
    """A module whose ``forward`` is the adjoint of a connection, for ``functional_call``."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self.connection = connection
        self.linear = connection.linear

    def forward(self, y: Tensor) -> Tensor:
        return self.connection.adjoint(y)
