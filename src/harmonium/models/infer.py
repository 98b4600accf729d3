"""Expected values of the visible groups of a graph, given known values of some."""

from collections.abc import Mapping, Sequence

from torch import Tensor

from harmonium.graph import EnergyGraph, State
from harmonium.machines.visible import given_rows, known_values
from harmonium.random import Source
from harmonium.sampling import averaged, beginning, complete, completed, mean

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
            chains, only those of visible groups are used (``sampling.beginning``).
        chains: number of sweeps of a Gibbs chain for each row, and its random generator; with 0
            sweeps, mean field.
    """
    n, (sweeps, source) = len(next(iter(batch.values()))), chains
    x = given_rows(graph, batch, n=n, groups=groups)
    if not sweeps:
        seen, hold = known_values(graph, x, groups=groups)
        return completed(graph, seen, hold=hold, rows=n, begin=begin)
    if begin is None:
        fill = complete(graph, {}, rule=mean, rows=n)
    else:
        fill = {name: begin[name].expand(n, *begin[name].shape) for name in groups}
    seen, hold = known_values(graph, x, groups=groups, fill=fill)
    visible = {name: seen.get(name, fill[name]) for name in groups}
    first = beginning(graph, visible, source=source)
    return averaged(graph, first, hold=hold, sweeps=sweeps, source=source)
