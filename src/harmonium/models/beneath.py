"""What lies below one layer of a machine of several pathways."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch
from torch import Tensor

from harmonium.graph import EnergyGraph
from harmonium.learning import pathway_layers
from harmonium.machines.visible import spans

__all__ = ["Beneath"]


@dataclass(frozen=True)
class Beneath:
    """The paths from a row of data to the lower groups of one layer.

    Args:
        paths: for each lower group, the values that its pathway takes from a row, and the layers
            that they pass, the lowest first.
        code_width: number of values of all lower groups together.
    """

    paths: tuple[tuple[slice, tuple[Any, ...]], ...]
    code_width: int

    @classmethod
    def of(
        cls, graph: EnergyGraph, visible: Sequence[str], *, layers: Sequence[Any], k: int
    ) -> Self:
        """The paths to layer k of ``pathway_layers``.

        Args:
            graph: the machine.
            visible: names of its visible groups.
            layers: the models of its layers, each with ``up``.
            k: index of the layer.
        """
        plan, places = pathway_layers(graph, visible), spans(graph, visible)
        made_by = {layer.above: (layer.below[0], layers[i]) for i, layer in enumerate(plan)}
        paths = []
        for name in plan[k].below:
            path: list[Any] = []
            while name not in places:
                name, layer = made_by[name]
                path.insert(0, layer)
            paths.append((places[name], tuple(path)))
        width = sum(graph.units[name].shape.numel() for name in plan[k].below)
        return cls(tuple(paths), width)

    def up(self, x: Tensor) -> Tensor:
        """Values of the lower groups for rows ``(N, D)``, by means: ``(N, code_width)``."""
        found = []
        for at, path in self.paths:
            part = x.flatten(1)[:, at]
            for layer in path:
                part = layer.up(part)
            found.append(part)
        return torch.cat(found, 1)
