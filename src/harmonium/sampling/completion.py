"""Mean-field inference of missing values, of whole groups or of single units."""

import torch

from harmonium.arguments import checked
from harmonium.bounds import Count, NonNegative
from harmonium.graph import Graph, State
from harmonium.sampling.rules import mean
from harmonium.sampling.sweep import Hold, complete, swept

__all__ = ["completed"]


@checked
@torch.no_grad()
def completed(
    graph: Graph,
    values: State,
    *,
    hold: Hold,
    rows: Count,
    tolerance: NonNegative = 1e-4,
    cap: Count = 100,
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
        tolerance: stop when no mean changes by more in a sweep.
        cap: maximum number of sweeps.

    Returns:
        Name -> values and means of every group, ``(B, *shape)``.
    """
    state = complete(graph, values, rule=mean, rows=rows)
    for _ in range(cap):
        new, _ = swept(graph, state, rule=mean, hold=hold)
        change = max(float((new[name] - state[name]).abs().max()) for name in graph.units)
        state = new
        if change <= tolerance:
            break
    return state
