"""Expected values of the visible groups of a graph, given known values of some."""

from collections.abc import Mapping, Sequence

from torch import Tensor

from harmonium.graph import EnergyGraph, State
from harmonium.machines.visible import given_rows, known_values
from harmonium.random import Source
from harmonium.sampling import averaged, complete, completed

__all__ = ["inferred"]


def inferred(
    graph: EnergyGraph,
    batch: Mapping[str, Tensor],
    *,
    groups: Sequence[str],
    begin: State | None = None,
    chains: tuple[int, Source] = (0, None),
) -> State:
    """Expected values of every group, by mean field or along Gibbs chains.

    Args:
        graph: the machine.
        batch: "x", ``(N, D)``, with NaN for missing values, or columns by the names of groups.
        groups: the visible groups.
        begin: name -> initial means of what is missing, ``(*shape)``; None: the biases' own. With
            chains these set the values of the visible groups alone.
        chains: number of sweeps of a Gibbs chain for each row, and its random generator; with 0
            sweeps, mean field.
    """
    n, (sweeps, source) = len(next(iter(batch.values()))), chains
    x = given_rows(graph, batch, n=n, groups=groups)
    seen, hold = known_values(graph, x, groups=groups)
    state = completed(graph, seen, hold=hold, rows=n, begin=begin)
    if not sweeps:
        return state
    first = complete(graph, {name: state[name] for name in groups}, source=source)
    return averaged(graph, first, hold=hold, sweeps=sweeps, source=source)
