"""What a machine is made of: groups, connections, shapes, numbers of parameters."""

from typing import Any

from torch import nn

from harmonium.graph import EnergyGraph
from harmonium.machines import BeliefNet

__all__ = ["count", "outline"]


def count(module: nn.Module) -> int:
    """Parameters of a module."""
    return sum(p.numel() for p in module.parameters())


def outline(machine: EnergyGraph | BeliefNet) -> list[dict[str, Any]]:
    """One row per group and connection, those of a belief net's lowest RBM first.

    >>> from harmonium import rbm
    >>> for row in outline(rbm(6, 3)):
    ...     print(row["part"], row["kind"], row["shape"], row["parameters"])
    v Bernoulli (6,) 6
    h Bernoulli (3,) 3
    v-h Dense (3, 6) 18
    """
    if not isinstance(machine, BeliefNet):
        return _rows(machine, "")
    graphs = machine.graphs
    return [row for k, graph in enumerate(graphs) for row in _rows(graph, f"{k}." * (len(graphs) > 1))]


def _rows(graph: EnergyGraph, prefix: str) -> list[dict[str, Any]]:
    groups = [
        {
            "part": f"{prefix}{name}",
            "kind": type(units).__name__,
            "shape": tuple(units.shape),
            "parameters": count(units),
        }
        for name, units in graph.units.items()
    ]
    connections = [
        {
            "part": f"{prefix}{e.source}-{e.target}",
            "kind": type(e.connection).__name__,
            "shape": next((tuple(p.shape) for p in e.connection.parameters()), ()),
            "parameters": count(e.connection),
        }
        for e in graph.edges
    ]
    return groups + connections
