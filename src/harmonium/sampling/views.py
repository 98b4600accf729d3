"""Views of a graph: scaled edges, extra fields, or held values; parameters are not copied."""

from collections.abc import Mapping

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import Graph, Scale, State, View

__all__ = ["annealed", "clamped", "scaled", "shifted", "tempered"]


def scaled(graph: Graph, scales: Mapping[tuple[str, str], Scale]) -> View:
    """Multiplies the energies of some connections, as for doubled weights.

    Args:
        graph: a machine or a view.
        scales: (source name, target name) -> a number, or one per row ``(B,)``.
    """
    pairs = {(e.source, e.target) for e in graph.edges}
    if unknown := set(scales) - pairs:
        raise UsageError(f"no connection {sorted(unknown)}; there are {sorted(pairs)}")
    edges = [e.times(scales.get((e.source, e.target), 1.0)) for e in graph.edges]
    return View(graph.units, edges, graph.extras, graph.constant)


def shifted(graph: Graph, fields: Mapping[str, Tensor]) -> View:
    """Adds a field to some groups: ``(*shape)``, or one per row ``(B, *shape)``."""
    extras = dict(graph.extras)
    for name, given in fields.items():
        extras[name] = extras[name] + given if name in extras else given
    return View(graph.units, graph.edges, extras, graph.constant)


def tempered(graph: Graph, beta: Scale, *, base: Mapping[str, Tensor] | None = None) -> View:
    r"""The graph at inverse temperature beta: independent units at 0, the graph itself at 1.

    .. math:: E_\beta(x) = \sum_a \big( U_a(x_a) - (1 - \beta)\, f_a \cdot x_a \big)
              + \beta \big( E(x) - \sum_a U_a(x_a) \big)

    The groups' own energies are not scaled: the variance of Gaussian units would grow without
    bound.

    Args:
        graph: a machine or a view.
        beta: a number from 0 to 1, or one per row ``(B,)``.
        base: the fields f of the independent units at beta = 0, by group (``base_fields``); zero
            for groups that are left out.
    """
    extras = {n: _rows(beta, graph.units[n].shape) * extra for n, extra in graph.extras.items()}
    for name, given in (base or {}).items():
        rest = (1 - _rows(beta, graph.units[name].shape)) * given
        extras[name] = extras[name] + rest if name in extras else rest
    edges = [e.times(beta) for e in graph.edges]
    return View(graph.units, edges, extras, graph.constant * beta)


def annealed(graph: Graph, beta: Scale) -> View:
    r"""The whole graph at temperature 1 / beta, biases included: :math:`\beta E(x)`.

    This is the temperature of simulated annealing and of stochastic neurons: a binary unit is 1
    with probability :math:`\sigma(\beta (b_i + f_i))`. Terms that are not linear in a group's
    values are not scaled: the quadratic term of Gaussian units and the base measure of counts.

    Args:
        graph: a machine or a view.
        beta: a positive number, or one per row ``(B,)``.
    """
    biases = {n: u.natural()[0].expand(u.shape) for n, u in graph.units.items()}
    return tempered(graph, beta, base={n: -b for n, b in biases.items()})


def clamped(graph: Graph, values: State) -> View:
    r"""The graph of the other groups, given the values of some groups in every row.

    Its energy is that of the whole graph, so its log Z is
    :math:`\log \sum_{others} e^{-E} = -F(values)`, the unnormalised log-probability of the values.

    Args:
        graph: a machine or a view.
        values: name -> ``(B, *shape)``; states of the view must have B rows too.
    """
    graph.known(values)
    units = {name: u for name, u in graph.units.items() if name not in values}
    free = [e for e in graph.edges if e.source in units and e.target in units]
    cut = [e for e in graph.edges if (e.source in units) != (e.target in units)]
    inner = [e for e in graph.edges if e.source in values and e.target in values]
    extras = {name: extra for name, extra in graph.extras.items() if name in units}
    for name in units:
        inputs = [e for e in cut if name in (e.source, e.target)]
        if inputs:
            extras[name] = View(graph.units, inputs, graph.extras).field(name, values)
    held = {name: u for name, u in graph.units.items() if name in values}
    # the energy with every free group at zero: the held groups' own energies, the connections
    # among them, and the constant part of affine connections to free groups
    constant = View(held, inner, graph.extras, graph.constant).energy(values)
    for e in (e for e in cut if not e.connection.linear):
        held_end, free_end = (e.source, e.target) if e.target in units else (e.target, e.source)
        rows = len(values[held_end])
        zero = {free_end: values[held_end].new_zeros(rows, *units[free_end].shape)}
        constant = constant + View({}, [e]).potential({**values, **zero}, ())
    return View(units, free, extras, constant)


def _rows(beta: Scale, shape: torch.Size) -> Scale:
    """A factor per row, shaped to multiply values ``(B, *shape)``."""
    if isinstance(beta, Tensor) and beta.ndim:
        return beta.reshape(-1, *[1] * len(shape))
    return beta
