r"""Greedy pre-training: one machine after the other, each on what the one below makes of data.

The layers of a deep Boltzmann machine hear from both sides, which a layer alone does not. So each
is trained as a machine with *tied copies* of the neighbour that it has (Salakhutdinov and Hinton,
2009, https://proceedings.mlr.press/v5/salakhutdinov09a.html): a copy of "v" doubles what "h" hears
from below, standing for what it will hear from above; a copy of "h" does the same for "v".
Middle layers have both, and each has its own copy of a group that two of them share: its biases
stand for half of what each layer says about it, and the machine gets their mean (``compose``).
"""

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, State

__all__ = ["compose", "copies", "doubled", "greedy", "hidden_means"]


def doubled(graph: EnergyGraph) -> list[EnergyGraph]:
    """The layers of a deep Boltzmann machine as machines to pre-train, the lowest first.

    Their connections, and the units at either end of the chain, are the machine's own. Units in
    between are copies, one for each of the two layers, until ``compose`` brings them together.
    Groups are "v" and "h", and "v_copy", "h_copy" where input is doubled.

    Args:
        graph: groups in a chain, as ``dbm`` makes them.

    Raises:
        ValueError: the connections are no chain.
    """
    names = [*graph.units]
    chain = [*zip(names, names[1:], strict=False)]
    if [(e.source, e.target) for e in graph.edges] != chain:
        raise UsageError(
            f"groups {names} are not joined in a chain, each with the next: there are no layers"
        )
    layers = []
    for k, e in enumerate(graph.edges):
        below, above = graph.units[e.source], graph.units[e.target]
        lowest, highest = k == 0, k + 1 == len(chain)
        below = below if lowest else copy.deepcopy(below)
        above = above if highest else copy.deepcopy(above)
        lower = {"v": below} | ({} if highest else {"v_copy": below})
        upper = {"h": above} | ({} if lowest else {"h_copy": above})
        wires = {(a, b): e.connection for a in lower for b in upper}
        layers.append(EnergyGraph({**lower, **upper}, wires))
    return layers


@torch.no_grad()
def compose(graph: EnergyGraph, layers: Sequence[EnergyGraph]) -> None:
    """Gives every group of the machine that two layers share the mean of their parameters.

    The layers' distributions of such a group are multiplied and the root is taken: with the
    connections as they are it hears once from below and once from above what each layer alone
    heard twice.

    Args:
        graph: the machine.
        layers: from ``doubled``, pre-trained.
    """
    for e, below, above in zip(graph.edges, layers, layers[1:], strict=False):
        sides = zip(below.units["h"].parameters(), above.units["v"].parameters(), strict=True)
        for mine, (lower, upper) in zip(graph.units[e.target].parameters(), sides, strict=True):
            mine.copy_((lower + upper) / 2)


def copies(graph: EnergyGraph, v: Tensor) -> State:
    """The visible values of a layer: "v", and every group that shares its units."""
    return {name: v for name, u in graph.units.items() if u is graph.units["v"]}


@torch.no_grad()
def hidden_means(graph: EnergyGraph, v: Tensor, *, rows: int = 10_000) -> Tensor:
    """E[h | v] of a machine with groups "v" and "h", ``(N, *shape)``, some rows at a time."""
    units = graph.units["h"]
    parts = (graph.field("h", copies(graph, part)) for part in v.split(rows))
    return torch.cat([units.mean(f) for f in parts])


def greedy(
    graphs: Sequence[EnergyGraph],
    data: Tensor,
    *,
    train: Callable[[EnergyGraph, Tensor], object],
) -> Tensor:
    """Trains a stack of machines, the lowest first.

    (Hinton, Osindero and Teh, 2006, https://doi.org/10.1162/neco.2006.18.7.1527.)

    Args:
        graphs: machines with groups "v" and "h"; or what ``doubled`` makes, for ``compose``.
        data: ``(N, *shape)`` for the lowest.
        train: called with (machine, its data); it changes the machine in place. With tied
            copies a batch is ``copies(machine, rows)``.

    Returns:
        The top machine's hidden means, ``(N, *shape)``.
    """
    for graph in graphs:
        train(graph, data)
        data = hidden_means(graph, data)
    return data
