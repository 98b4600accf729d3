"""Markov chains: states of a graph that are advanced by Gibbs sweeps."""

from collections.abc import Iterable

from harmonium.arguments import checked
from harmonium.bounds import Count, Size
from harmonium.graph import Graph, State
from harmonium.random import Source
from harmonium.sampling.rules import Rule, sample
from harmonium.sampling.sweep import Hold, check_hold, complete, swept
from harmonium.sampling.views import annealed

__all__ = ["anneal", "run", "start"]


@checked
def start(graph: Graph, n: Count, *, seen: State | None = None, source: Source = None) -> State:
    """Starts n chains: groups in ``seen`` keep those values, the others are drawn.

    Args:
        graph: a machine or view.
        n: the number of chains.
        seen: name -> ``(n, *shape)``: data to start from, or a label to hold.
        source: random generator.

    Returns:
        name -> ``(n, *shape)`` for every group.
    """
    return complete(graph, seen or {}, rows=n, source=source)


@checked
def run(
    graph: Graph,
    state: State,
    *,
    sweeps: Size,
    rule: Rule = sample,
    hold: Hold | None = None,
    source: Source = None,
) -> State:
    """Advances chains by some sweeps and returns their new states.

    With the rule ``mean`` this is the fixed-point iteration of mean field.

    Args:
        graph: a machine or view.
        state: name -> ``(B, *shape)`` for every group.
        sweeps: number of sweeps.
        rule: ``sample``, ``mean`` or ``mode``.
        hold: as in ``sweep``.
        source: random generator.

    Raises:
        ValueError: as in ``sweep``.
    """
    graph.check(state, needed=graph.units, finite=True)
    graph.check_proper()
    check_hold(graph, hold or {})
    for _ in range(sweeps):
        state, _ = swept(graph, state, rule=rule, hold=hold, source=source)
    return state


@checked
def anneal(
    graph: Graph,
    state: State,
    *,
    betas: Iterable[float],
    sweeps: Size = 1,
    hold: Hold | None = None,
    source: Source = None,
) -> State:
    """Simulated annealing: Gibbs sweeps of the ``annealed`` graph while it cools.

    (Kirkpatrick, Gelatt and Vecchi, 1983, https://doi.org/10.1126/science.220.4598.671.)

    Args:
        graph: a machine or view.
        state: name -> ``(B, *shape)``.
        betas: the inverse temperatures in order; end at 1 to sample the graph itself, far above 1
            to search for its lowest energy.
        sweeps: sweeps at each temperature.
        hold: as in ``sweep``.
        source: random generator.
    """
    for beta in betas:
        state = run(annealed(graph, beta), state, sweeps=sweeps, hold=hold, source=source)
    return state
