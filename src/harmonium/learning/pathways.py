"""Pre-training of a machine of several pathways: their layers in turn, then the joint layer.

Each pathway is pre-trained like a deep Boltzmann machine, with tied copies of its groups in place
of the input that a layer lacks when it learns alone (``learning.greedy``). The joint layer is an
RBM whose visible groups are the tops of all pathways.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch

from harmonium.connections import Connection
from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph
from harmonium.units import Units

__all__ = ["PathwayLayer", "compose_pathways", "pathway_layers"]


@dataclass(frozen=True)
class PathwayLayer:
    """One layer of a machine of several pathways, to be pre-trained alone.

    Args:
        graph: the layer. Its lower groups have their names in the machine, the upper one is "h".
        below: names of its lower groups.
        above: name of its upper group in the machine.
    """

    graph: EnergyGraph
    below: tuple[str, ...]
    above: str


def pathway_layers(graph: EnergyGraph, visible: Sequence[str]) -> list[PathwayLayer]:
    """The layers of a machine of several pathways: pathway by pathway, the joint layer last.

    They share connections, the visible units and the joint units with the machine. Units in
    between are copies, one for each of the two layers; ``compose_pathways`` merges them. Groups
    called "..._copy" double an input: that of "h" from below in every layer but the joint one, and
    that of the lower groups from above in every layer but the lowest ones. In the joint layer, a
    visible group has no input but that of the joint units, in the machine as in the layer. So
    there it and its copy are joined to "h" and to "h_copy", one to each, and neither is doubled.

    Args:
        graph: a machine as from ``multimodal_dbm``; its last group is the joint one.
        visible: names of its visible groups.

    Raises:
        ValueError: the machine does not consist of chains that meet in its last group.
    """
    joint = [*graph.units][-1]
    chains = [_chain(graph, first, joint=joint) for first in visible]
    groups = [name for chain in chains for name in chain]
    edges = {frozenset((e.source, e.target)) for e in graph.edges}
    expected = {frozenset(p) for chain in chains for p in pairwise([*chain, joint])}
    if sorted([*groups, joint]) != sorted(graph.units) or edges != expected:
        raise UsageError(
            f"groups {[*graph.units]} are not chains that meet in {joint!r}: there are no layers"
        )
    layers = [
        _layer(graph, above, below=(below,), lowest=k == 0, highest=False)
        for chain in chains
        for k, (below, above) in enumerate(pairwise(chain))
    ]
    tops = tuple(chain[-1] for chain in chains)
    return [
        *layers,
        _layer(graph, joint, below=tops, lowest=set(tops) <= set(visible), highest=True),
    ]


@torch.no_grad()
def compose_pathways(
    graph: EnergyGraph, layers: Sequence[EnergyGraph], *, visible: Sequence[str]
) -> None:
    """Sets every group between two layers to the mean of its parameters in the two layers.

    Args:
        graph: the machine.
        layers: the trained graphs of ``pathway_layers``.
        visible: names of the machine's visible groups.
    """
    plan = pathway_layers(graph, visible)
    sides: dict[str, list[Units]] = {}
    for layer, trained in zip(plan, layers, strict=True):
        sides.setdefault(layer.above, []).append(trained.units["h"])
        for name in layer.below:
            sides.setdefault(name, []).append(trained.units[name])
    for name, units in sides.items():
        if len(units) == 2:
            both = zip(*(u.parameters() for u in units), strict=True)
            for mine, (lower, upper) in zip(graph.units[name].parameters(), both, strict=True):
                mine.copy_((lower + upper) / 2)


def _chain(graph: EnergyGraph, first: str, *, joint: str) -> list[str]:
    """The groups of a pathway, from the visible one to the one below the joint group."""
    chain = [first]
    while len(chain) <= len(graph.units):
        ahead = graph.neighbours(chain[-1]) - {*chain[-2:]}
        if len(ahead) != 1 or joint in ahead:
            return chain
        chain += ahead
    return chain


def _layer(
    graph: EnergyGraph, above: str, *, below: tuple[str, ...], lowest: bool, highest: bool
) -> PathwayLayer:
    """One layer; units that are at neither end of the machine are copies."""
    joined = {
        name: next(e for e in graph.edges if {e.source, e.target} == {name, above})
        for name in below
    }
    ends = {name for name in below if len(graph.neighbours(name)) == 1}
    units = {n: graph.units[n] if n in ends else copy.deepcopy(graph.units[n]) for n in below}
    top = graph.units[above] if highest else copy.deepcopy(graph.units[above])
    upper = {"h": top} | ({} if lowest else {"h_copy": top})
    copied = units.keys() if not highest else ends if len(upper) == 2 else ()
    lower = units | {f"{name}_copy": units[name] for name in units if name in copied}
    wires: dict[tuple[str, str], Connection] = {}
    for name in lower:
        below_name = name if name in joined else name.removesuffix("_copy")
        edge = joined[below_name]
        for h in upper:
            if highest and below_name in ends and name.endswith("_copy") != h.endswith("_copy"):
                continue  # each copy of a visible group has a joint group of its own
            wires[(name, h) if edge.source != above else (h, name)] = edge.connection
    return PathwayLayer(EnergyGraph({**lower, **upper}, wires), below, above)
