r"""Centring: an edit of the gradient, not of the model.

Written in centred coordinates, :math:`E = -(y - \lambda)^\top W (x - \mu) - \dots`, a change of W
does not move the mean fields. Mapped back to the plain parameters (Melchior, Fischer and Wiskott,
2016, https://jmlr.org/papers/v17/14-237.html; Montavon and Mueller, 2012) the descent direction is

.. math:: g_W = \langle (y - \lambda)(x - \mu)^\top \rangle_\pm, \qquad
          g_b = \langle x \rangle_\pm - g_W^\top \lambda, \qquad
          g_c = \langle y \rangle_\pm - g_W \mu

with :math:`\langle \cdot \rangle_\pm` the difference of the phases. So likelihoods, penalties, gauges
and ``unroll`` never meet the offsets.
"""

from collections.abc import Mapping

import torch
from torch import Tensor
from torch.func import functional_call

from harmonium.graph import Edge, Graph
from harmonium.sampling import Phase

__all__ = ["Offsets", "biases_from_centred", "follow"]

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
        mean = torch.tensordot(data.weights, data.moments(graph, name)[0], 1)
        new[name] = torch.lerp(offsets[name], mean, rate) if name in offsets else mean
    return new


def biases_from_centred(
    found: Mapping[Edge, Mapping[str, Tensor]], slopes: Mapping[str, list[Tensor]], offsets: Offsets
) -> None:
    """Maps the bias slopes back in place: each loses the field that the centred weight gradients
    would send from the offsets.
    """
    for e, grads in found.items():
        x, y = offsets[e.source][None], offsets[e.target][None]
        slopes[e.target][0] -= functional_call(e.connection, dict(grads), (x,))[0]
        if e.source != e.target:
            back = _Adjoint(e.connection)
            named = {f"connection.{k}": g for k, g in grads.items()}
            slopes[e.source][0] -= functional_call(back, named, (y,))[0]


class _Adjoint(torch.nn.Module):
    """The adjoint as a module's forward, which ``functional_call`` wants."""

    def __init__(self, connection: torch.nn.Module) -> None:
        super().__init__()
        self.connection = connection

    def forward(self, y: Tensor) -> Tensor:
        return self.connection.adjoint(y)  # type: ignore[operator]
