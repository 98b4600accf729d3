"""Rows of several visible groups of which parts are known, and Gibbs chains that hold these."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.graph import EnergyGraph, Graph, State
from harmonium.random import Source
from harmonium.sampling import averaged, beginning, swept

__all__ = ["HeldParts", "average_rows", "drawn_rows", "held_parts"]


@dataclass(frozen=True)
class HeldParts:
    """A graph with the lengths of its documents, and initial values of its visible groups.

    Args:
        graph: the machine, with lengths bound.
        values: visible group -> ``(n, D)``.
        hold: which of them are known.
    """

    graph: Graph
    values: State
    hold: dict[str, bool | Tensor]


def held_parts(graph: EnergyGraph, rows: Mapping[str, Tensor], *, base: State) -> HeldParts:
    """Prepares rows with missing values, NaN.

    Missing documents get the mean length of the training documents.

    Args:
        graph: the machine.
        rows: visible group -> ``(n, D)``.
        base: visible group -> means of the training rows, ``(D,)``.

    Raises:
        ValueError: a known value is outside the domain of its units, or counts of a row are known
            in part.
    """
    values: dict[str, Tensor] = {}
    hold: dict[str, bool | Tensor] = {}
    lengths: dict[str, Tensor] = {}
    for name, x in rows.items():
        units, known = graph.units[name], ~x.isnan()
        rest = base[name].to(x)
        if units.takes_context:
            if bool((known.any(1) != known.all(1)).any()):
                raise UsageError(
                    f"modality {name!r}: some counts of a row are missing: the counts of a row "
                    "are known or missing together"
                )
            own = x.nan_to_num().sum(1)
            lengths[name] = torch.where(known.all(1), own, rest.sum().round().clamp(min=1))
            units.check(x[known.all(1)])
        else:
            units.check(torch.where(known, x, units.mean(torch.zeros_like(x)).detach()))
        values[name] = torch.where(known, x, rest)
        hold[name] = known
    return HeldParts(graph.given(**lengths) if lengths else graph, values, hold)


@torch.no_grad()
def average_rows(parts: HeldParts, *, sweeps: int, source: Source) -> State:
    """Expected values of every group, by averages along a chain for each row."""
    first = beginning(parts.graph, parts.values, source=source)
    return averaged(parts.graph, first, hold=parts.hold, sweeps=sweeps, source=source)


@torch.no_grad()
def drawn_rows(parts: HeldParts, *, sweeps: int, source: Source) -> State:
    """Values of every group at the end of a chain for each row."""
    state = beginning(parts.graph, parts.values, source=source)
    for _ in range(sweeps):
        state, _ = swept(parts.graph, state, hold=parts.hold, source=source)
    return state
