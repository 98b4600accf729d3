"""The deep Boltzmann machine: a chain of layers with undirected connections."""

from itertools import pairwise

from harmonium.arguments import checked
from harmonium.bounds import NonNegative
from harmonium.connections import Dense
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph
from harmonium.machines.groups import group
from harmonium.units import Units

__all__ = ["dbm"]


@checked
def dbm(*units: int | Units, std: NonNegative = 0.01) -> EnergyGraph:
    r"""A deep Boltzmann machine of any depth with groups "v", "h1", "h2", ...

    .. math:: E(v, h_1, \dots) = \sum_k U_k(h_k) - \sum_k h_{k+1}^\top W_k h_k, \qquad h_0 = v

    (Salakhutdinov and Hinton, 2009, https://proceedings.mlr.press/v5/salakhutdinov09a.html.)
    Train it by a ``Learner`` with ``MeanField`` inference and ``PCD``: from scratch with centring
    (Montavon and Mueller, 2012, https://doi.org/10.1007/978-3-642-35289-8_33), or after greedy
    pre-training of its layers (``learning.doubled``, ``learning.compose``).
    ``ais(graph, hold={"v": x})`` estimates log p(v) + log Z of each row; ``sampling.bound`` is a
    lower bound on log p(v).

    Args:
        *units: the groups, visible first; a number means that many Bernoulli units.
        std: standard deviation of the initial weights.

    Raises:
        ValueError: fewer than two groups.

    >>> [(e.source, e.target) for e in dbm(8, 6, 4).edges]
    [('v', 'h1'), ('h1', 'h2')]
    """
    if len(units) < 2:
        raise UsageError("a deep Boltzmann machine needs visible units and a hidden group")
    names = ["v", *(f"h{k}" for k in range(1, len(units)))]
    groups = {n: group(u, what=f"group {n!r}") for n, u in zip(names, units, strict=True)}
    wires = {(a, b): Dense(groups[a].shape, groups[b].shape, std=std) for a, b in pairwise(names)}
    return EnergyGraph(groups, wires)
