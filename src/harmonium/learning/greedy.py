r"""Greedy pre-training: one machine after the other, each on the hidden means of the one below.

In a deep Boltzmann machine, hidden groups have input from below and from above, but a layer that
is trained alone lacks one of the two. So each layer is trained with *tied copies* of its groups
(Salakhutdinov and Hinton, 2009, https://proceedings.mlr.press/v5/salakhutdinov09a.html): a copy of
"v" doubles the input of "h" from below, in place of the missing input from above, and a copy of
"h" does the same for "v". Middle layers have both copies. A group between two layers has its own
units in each of them; the deep machine gets the mean of their parameters (``compose``).
"""

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, State

__all__ = ["compose", "copies", "doubled", "greedy", "hidden_means", "lowest"]


def lowest(graph: EnergyGraph, layers: int) -> EnergyGraph:
    """The machine of only the lowest layers of a chain; it shares their parameters.

    Without the layers above, its top group has no missing input, so ``doubled`` makes a plain RBM
    of a single layer. That RBM can learn the data on its own. The layers above start from small
    weights, and the deep machine then starts with nearly the RBM's likelihood.

    The lowest layer of an ``over_replicated_softmax``, which has no chain, is the replicated
    softmax of the seen words: the same parameters without the latent words.

    Args:
        graph: a machine with its groups in a chain, as from ``dbm``, or with its layers in the
            order of its edges.
        layers: how many, at least 1.

    >>> from harmonium import dbm, over_replicated_softmax
    >>> [*lowest(dbm(8, 6, 4), 1).units]
    ['v', 'h1']
    >>> [*lowest(over_replicated_softmax(20, 4), 1).units]
    ['v', 'h']
    """
    edges = graph.edges[:layers]
    joined = {name for e in edges for name in (e.source, e.target)}
    units = {name: u for name, u in graph.units.items() if name in joined}
    return EnergyGraph(units, {(e.source, e.target): e.connection for e in edges})


def doubled(graph: EnergyGraph) -> list[EnergyGraph]:
    """The layers of a deep Boltzmann machine as separate machines to pre-train, lowest first.

    They share connections, and the units at both ends of the chain, with the deep machine. Units
    of the groups in between are copies, one for each of the two layers; ``compose`` merges them.
    The groups of a layer are "v" and "h", with "v_copy" or "h_copy" where input is doubled.

    Args:
        graph: a machine with its groups in a chain, as from ``dbm``.

    Raises:
        ValueError: the groups are not connected in a chain.
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
        bottom, top = k == 0, k + 1 == len(chain)
        below = below if bottom else copy.deepcopy(below)
        above = above if top else copy.deepcopy(above)
        lower = {"v": below} | ({} if top else {"v_copy": below})
        upper = {"h": above} | ({} if bottom else {"h_copy": above})
        wires = {(a, b): e.connection for a in lower for b in upper}
        layers.append(EnergyGraph({**lower, **upper}, wires))
    return layers


@torch.no_grad()
def compose(graph: EnergyGraph, layers: Sequence[EnergyGraph]) -> None:
    """Sets every group between two layers to the mean of its parameters in the two layers.

    In each layer alone such a group had doubled input. The mean of the two gives it single input
    from below and single input from above.

    Args:
        graph: the deep machine.
        layers: the pre-trained layers from ``doubled``.
    """
    for e, below, above in zip(graph.edges, layers, layers[1:], strict=False):
        sides = zip(below.units["h"].parameters(), above.units["v"].parameters(), strict=True)
        for mine, (lower, upper) in zip(graph.units[e.target].parameters(), sides, strict=True):
            mine.copy_((lower + upper) / 2)


def copies(graph: EnergyGraph, v: Tensor) -> State:
    """The visible values of a layer: for "v" and every group that shares its units."""
    return {name: v for name, u in graph.units.items() if u is graph.units["v"]}


@torch.no_grad()
def hidden_means(graph: EnergyGraph, v: Tensor, *, rows: int = 10_000) -> Tensor:
    """E[h | v] of a machine with groups "v" and "h", ``(N, *shape)``.

    Args:
        graph: the machine.
        v: ``(N, *shape)``.
        rows: rows that are computed at once.
    """
    units = graph.units["h"]
    parts = (graph.field("h", copies(graph, part)) for part in v.split(rows))
    return torch.cat([units.mean(f) for f in parts])


def greedy(
    graphs: Sequence[EnergyGraph],
    data: Tensor,
    *,
    train: Callable[[EnergyGraph, Tensor], object],
) -> Tensor:
    """Trains a stack of machines, lowest first, each on the hidden means of the one below.

    (Hinton, Osindero and Teh, 2006, https://doi.org/10.1162/neco.2006.18.7.1527.)

    Args:
        graphs: machines with groups "v" and "h", or layers from ``doubled``.
        data: ``(N, *shape)`` for the lowest machine.
        train: function (machine, data) that trains the machine in place. With tied copies, its
            batches must be ``copies(machine, rows)``.

    Returns:
        The hidden means of the top machine, ``(N, *shape)``.
    """
    for graph in graphs:
        train(graph, data)
        data = hidden_means(graph, data)
    return data
