r"""The zero-sum gauge: a unique choice among parameters that describe the same model.

A field that is the same for all states of a one-hot unit changes no probability, so weights and
biases have redundant directions. Let :math:`P` be the projection ``Units.telling`` (for one-hot
units: subtract the mean over the states), and :math:`\bar x = x - P x`, which is the same for
every state x. Then

.. math:: y^\top W x = (P y)^\top W (P x) + \bar y^\top W P x + (P y)^\top W \bar x + const

so the weights become :math:`P W P`, and the fields :math:`P W^\top \bar y` and :math:`P W \bar x`
are added to the biases of the two groups. Couplings of different runs can be compared only in the
same gauge.
"""

import torch
from torch import Tensor

from harmonium.connections.matrix import matrix, set_matrix
from harmonium.errors import UsageError
from harmonium.graph import Edge, EnergyGraph, State
from harmonium.units import Units

__all__ = ["zero_sum"]


@torch.no_grad()
def zero_sum(graph: EnergyGraph) -> Tensor:
    """Transforms weights and biases to the zero-sum gauge, in place; no probability changes.

    Args:
        graph: the machine; families without redundant directions are not changed.

    Returns:
        The amount in nats, float64, by which the energy of every state rises and log Z falls.

    Raises:
        ValueError: a connection shares weights, or a bias is shared along axes on which the field
            to be added to it differs. Earlier connections are then already transformed.
    """
    state = {name: _any_state(units) for name, units in graph.units.items()}
    before = _energy(graph, state)
    unique = {name: _is_unique(units) for name, units in graph.units.items()}
    for e in graph.edges:
        if not (unique[e.source] and unique[e.target]):
            _project(graph, e, state=state)
    for name, units in graph.units.items():
        if not unique[name]:
            units.load(bias=units.telling(units.bias))
    return _energy(graph, state) - before


def _any_state(units: Units) -> Tensor:
    if units.takes_context:  # any total will do: 1
        units = units.given(units.bias.new_ones(1))
    return units.mode(units.bias.new_zeros(1, *units.shape))


def _is_unique(units: Units) -> bool:
    """Whether the family has no redundant directions."""
    probe = torch.arange(1.0, units.shape.numel() + 1).to(units.bias).reshape(1, *units.shape)
    return torch.equal(units.telling(probe), probe)


def _project(graph: EnergyGraph, e: Edge, *, state: State) -> None:
    c = e.connection
    ends = {"source": graph.units[e.source], "target": graph.units[e.target]}
    x, y = ends["source"].telling, ends["target"].telling
    x_same, y_same = (state[n] - f(state[n]) for n, f in ((e.source, x), (e.target, y)))
    to_y, to_x = c(x_same), c.adjoint(y_same)
    rows = y(matrix(c).mT.unflatten(1, c.target)).flatten(1)  # P_y W, one row per source unit
    both = x(rows.mT.unflatten(1, c.source)).flatten(1)
    set_matrix(c, both)
    _absorb(ends["target"], y(to_y - c(x_same)), name=e.target)
    _absorb(ends["source"], x(to_x - c.adjoint(y_same)), name=e.source)


def _absorb(units: Units, field: Tensor, *, name: str) -> None:
    field = field[0]
    shared = field.mean(units.tied, keepdim=True) if units.tied else field
    if not torch.allclose(shared.expand_as(field), field):
        raise UsageError(
            f"group {name!r}: its bias is shared along axes {units.tied}, on which the field that "
            "the gauge adds to it differs; give every unit of the group its own bias"
        )
    units.absorb(shared)


def _energy(graph: EnergyGraph, state: State) -> Tensor:
    return graph.potential(state, ()).double()[0]
