"""The parts of a machine as rows of a table."""

from typing import Any

from torch import nn

from harmonium.graph import EnergyGraph

__all__ = ["outline_of"]


def outline_of(graph: EnergyGraph, prefix: str = "") -> list[dict[str, Any]]:
    """One row for each group and connection of a graph; ``prefix`` precedes every name.

    Parameters that several parts share are counted in the first of them.

    >>> from harmonium import rbm
    >>> for row in outline_of(rbm(6, 3)):
    ...     print(row["part"], row["kind"], row["shape"], row["parameters"])
    v Bernoulli (6,) 6
    h Bernoulli (3,) 3
    v-h Dense (3, 6) 18
    """
    parts: list[tuple[str, nn.Module, tuple[int, ...]]] = [
        (name, units, tuple(units.shape)) for name, units in graph.units.items()
    ]
    for e in graph.edges:
        shape = next((tuple(p.shape) for p in e.connection.parameters()), ())
        parts.append((f"{e.source}-{e.target}", e.connection, shape))
    rows, counted = [], set()
    for name, part, shape in parts:
        new = {id(p): p.numel() for p in part.parameters() if id(p) not in counted}
        counted |= set(new)
        rows.append(
            {
                "part": f"{prefix}{name}",
                "kind": type(part).__name__,
                "shape": shape,
                "parameters": sum(new.values()),
            }
        )
    return rows
