r"""The zero-sum gauge: of all parameters that describe the same model, the smallest ones.

Adding the same number to a field on every state of a one-hot unit changes no probability, so its
weights and biases have redundant directions. With :math:`P` the projection that a family's
``telling`` makes (one-hot: less the mean over the states) and :math:`\bar x = x - P x`, which is
the same for every state x,

.. math:: y^\top W x = (P y)^\top W (P x) + \bar y^\top W P x + (P y)^\top W \bar x + const

so the weights become :math:`P W P`, and the fields :math:`P W^\top \bar y` and
:math:`P W \bar x` move into the biases of the two groups. Couplings of different runs
can be compared only in one gauge.
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
    """Brings weights and biases into the zero-sum gauge, in place; no probability changes.

    Args:
        graph: the machine; families without redundant directions stay as they are.

    Returns:
        By how much every energy rose, in nats, float64: log Z fell by as much.

    Raises:
        ValueError: a connection with shared weights, or a bias shared along axes on which the
            field to absorb differs, cannot take the gauge; earlier connections have taken it.
    """
    state = {name: _any_state(units) for name, units in graph.units.items()}
    before = _energy(graph, state)
    told = {name: _tells_all(units) for name, units in graph.units.items()}
    for e in graph.edges:
        if not (told[e.source] and told[e.target]):
            _project(graph, e, state=state)
    for name, units in graph.units.items():
        if not told[name]:
            units.load(bias=units.telling(units.bias))
    return _energy(graph, state) - before


def _any_state(units: Units) -> Tensor:
    if units.takes_context:  # the smallest: one count
        units = units.given(units.bias.new_ones(1))
    return units.mode(units.bias.new_zeros(1, *units.shape))


def _tells_all(units: Units) -> bool:
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
            "the gauge moves into it differs; give the group a bias of its own for every unit"
        )
    units.absorb(shared)


def _energy(graph: EnergyGraph, state: State) -> Tensor:
    return graph.potential(state, ()).double()[0]
