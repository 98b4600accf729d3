"""Mean-field inference of missing values, of whole groups or of single units."""

import torch

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.graph import Graph, State
from harmonium.random import Source
from harmonium.sampling.mean_field import mean_field
from harmonium.sampling.rules import mean
from harmonium.sampling.sweep import Hold, complete, swept

__all__ = ["averaged", "beginning", "completed"]

_CAP = 200
"""Maximum number of sweeps."""


@checked
@torch.no_grad()
def completed(
    graph: Graph,
    values: State,
    *,
    hold: Hold,
    rows: Count,
    begin: State | None = None,
    tolerance: NonNegative = 1e-4,
) -> State:
    r"""Expected values of every unit that is not held, by mean field.

    The held values are :math:`x_K`. All other units are approximated as independent,
    :math:`q(x_U) = \prod_a p(x_a \mid f_a)`, and sweeps with the rule ``mean`` go on until no mean
    changes by more than the tolerance:

    .. math:: m_U \leftarrow \mathrm{E}[x_U \mid f_U(m_U, x_K)]

    With whole groups held this is ``mean_field``; here single units of a group may be held too,
    such as the known words of a picture.

    Args:
        graph: a machine or view.
        values: name -> ``(B, *shape)``: the held groups, with initial values of units not held.
        hold: which of them are held, as in ``sampling.sweep``.
        rows: number of rows B.
        begin: name -> initial means of units that are not held, ``(*shape)``, such as mean
            activities over training rows; None: means given the biases alone. Deep machines have
            several solutions, and from biases alone the sweeps often find a poor one.
        tolerance: stop when no mean changes by more in a sweep.

    Returns:
        Name -> values and means of every group, ``(B, *shape)``.
    """
    state = complete(graph, {**_spread(begin, values, hold=hold, rows=rows)}, rule=mean, rows=rows)
    for _ in range(_CAP):
        new, _ = swept(graph, state, rule=mean, hold=hold)
        change = max(float((new[name] - state[name]).abs().max()) for name in graph.units)
        state = new
        if change <= tolerance:
            break
    return state


@torch.no_grad()
def beginning(graph: Graph, values: State, *, source: Source = None) -> State:
    """Initial values of chains in which a part of the visible values is free.

    The hidden groups are drawn given all visible values, by mean field where they are connected,
    and the visible values stay. So the first sweep draws the free values from what the known ones
    say. If it began at free values in the middle of a deep machine's modes, the known ones would
    seldom change the mode.

    Args:
        graph: a machine or view.
        values: visible group -> ``(B, *shape)``; in place of free values, such as means of data.
        source: random generator.
    """
    data = mean_field(graph, values, tolerance=1e-3)
    return {**values, **{n: graph.units[n].sample(f, source) for n, f in data.fields.items()}}


@checked
@torch.no_grad()
def averaged(
    graph: Graph, state: State, *, hold: Hold, sweeps: Count, source: Source = None
) -> State:
    r"""Expected values of every unit that is not held, by averages along Gibbs chains.

    The first half of the sweeps is left out. Means given the fields are averaged, not samples.
    Unlike mean field, which settles at one solution, chains move between several.

    Args:
        graph: a machine or view.
        state: initial values of every group, ``(B, *shape)``: one chain for each row.
        hold: which of them are held, as in ``sampling.sweep``.
        sweeps: number of sweeps.
        source: random generator.

    Returns:
        Name -> values and expected values of every group, ``(B, *shape)``.
    """
    total = {name: torch.zeros_like(x, dtype=torch.float64) for name, x in state.items()}
    kept = sweeps - sweeps // 2
    for k in range(sweeps):
        state, _ = swept(graph, state, hold=hold, source=source)
        if k >= sweeps - kept:
            for name, units in graph.units.items():
                total[name] += units.mean(graph.field(name, state))
    found = {}
    for name, x in state.items():
        mask = torch.as_tensor(hold.get(name, False), device=x.device)
        found[name] = torch.where(mask, x, (total[name] / kept).to(x))
    return found


def _spread(begin: State | None, values: State, *, hold: Hold, rows: int) -> State:
    """Initial values of all groups: the held ones, and the initial means of the others."""
    if begin is None:
        return values
    state = {name: x.expand(rows, *x.shape) for name, x in begin.items()}
    for name, x in values.items():
        mask = torch.as_tensor(hold.get(name, False), device=x.device)
        state[name] = torch.where(mask, x, state[name]) if name in state else x
    return state
