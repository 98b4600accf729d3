"""The general Boltzmann machine: connections between all units, some of them hidden."""

from collections.abc import Sequence

from harmonium.arguments import checked
from harmonium.bounds import NonNegative
from harmonium.connections import Connection, Dense, Lateral
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph
from harmonium.machines.groups import group
from harmonium.units import Units

__all__ = ["boltzmann"]


@checked
def boltzmann(
    visible: int | Units | Sequence[int | Units],
    hidden: int | Units | None = None,
    *,
    std: NonNegative = 0.01,
) -> EnergyGraph:
    r"""A Boltzmann machine: visible and hidden units, with connections within each group.

    .. math:: E(x) = -\sum_{i>j} w_{ij} x_i x_j - \sum_i b_i x_i

    (Ackley, Hinton and Sejnowski, 1985, https://doi.org/10.1207/s15516709cog0901_7.) Sample it
    with ``sampling.sweep`` and anneal it with ``sampling.anneal``. Because hidden units are
    connected, the data's side of learning is approximate: ``Learner(..., inference=MeanField())``
    or ``Clamped()``.

    Args:
        visible: the group "v" with lateral connections; a number means that many Bernoulli units.
            Several groups "v1", "v2", ... are each connected within and to the hidden units, but
            not to each other, so that they depend on each other through the hidden units only
            (the encoder problem).
        hidden: the group "h", connected within and to every visible group; None: no hidden units.
        std: standard deviation of the initial weights.

    Raises:
        ValueError: several visible groups without hidden units; or one-hot units, which cannot
            have lateral connections.

    >>> encoder = boltzmann([4, 4], 2)
    >>> [(e.source, e.target) for e in encoder.edges]
    [('v1', 'v1'), ('v2', 'v2'), ('v1', 'h'), ('v2', 'h'), ('h', 'h')]
    """
    several = isinstance(visible, Sequence)
    groups = list(visible) if isinstance(visible, Sequence) else [visible]
    if several and hidden is None:
        raise UsageError("several visible groups need hidden units to join them: say how many")
    names = [f"v{k}" for k in range(1, len(groups) + 1)] if several else ["v"]
    units = {n: group(u, what=f"group {n!r}") for n, u in zip(names, groups, strict=True)}
    wires: dict[tuple[str, str], Connection] = {
        (name, name): Lateral(u.shape, std=std) for name, u in units.items()
    }
    if hidden is not None:
        h = group(hidden, what="hidden")
        wires |= {(n, "h"): Dense(u.shape, h.shape, std=std) for n, u in units.items()}
        wires["h", "h"] = Lateral(h.shape, std=std)
        units["h"] = h
    return EnergyGraph(units, wires)
