"""A learner as a recipe's section describes it."""

from typing import Any

import torch

from harmonium.describe.build import build
from harmonium.describe.settings import Discriminative, Energy, Greedy
from harmonium.graph import EnergyGraph
from harmonium.learning import Learner

__all__ = ["learner"]


def learner(
    graph: EnergyGraph,
    settings: Greedy | Energy | Discriminative,
    *,
    source: torch.Generator,
    **more: Any,  # noqa: ANN401
) -> Learner:
    """The updates of a graph: optimiser, contrast, penalties and geometry; ``more`` as it is."""
    return Learner(
        graph,
        build(settings.optimiser, graph.parameters()),
        contrast=build(settings.contrast),
        penalties=[build(p) for p in settings.penalties],
        centring=settings.centring,
        scaling=settings.scaling,
        source=source,
        **more,
    )
