r"""Greedy pre-training: one machine after the other, each on what the one below makes of data.

The layers of a deep Boltzmann machine hear from both sides, which a layer alone does not. So each
is trained as a machine with *tied copies* of the neighbour that it has (Salakhutdinov and Hinton,
2009, https://proceedings.mlr.press/v5/salakhutdinov09a.html): a copy of "v" doubles what "h" hears
from below, standing for what it will hear from above; a copy of "h" does the same for "v".
Middle layers have both.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from harmonium.graph import EnergyGraph, State

__all__ = ["copies", "doubled", "greedy", "hidden_means"]


def doubled(graph: EnergyGraph) -> list[EnergyGraph]:
    """The layers of a deep Boltzmann machine as machines to pre-train, the lowest first.

    They own nothing: units and connections are those of the machine, so that training them trains
    it. Groups are "v" and "h", and "v_copy", "h_copy" where input is doubled.

    Args:
        graph: groups in a chain, as ``dbm`` makes them.

    Raises:
        ValueError: the connections are no chain.
    """
    names = [*graph.units]
    chain = [*zip(names, names[1:], strict=False)]
    if [(e.source, e.target) for e in graph.edges] != chain:
        raise ValueError(
            f"groups {names} are not joined in a chain, each with the next: "
            "there are no layers to pre-train"
        )
    layers = []
    for k, e in enumerate(graph.edges):
        below, above = graph.units[e.source], graph.units[e.target]
        lower = {"v": below} | ({"v_copy": below} if k + 1 < len(chain) else {})
        upper = {"h": above} | ({"h_copy": above} if k > 0 else {})
        wires = {(a, b): e.connection for a in lower for b in upper}
        layers.append(EnergyGraph({**lower, **upper}, wires))
    return layers


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
        graphs: machines with groups "v" and "h"; or what ``doubled`` makes.
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
