"""Learning of a machine of several pathways: each layer in turn, then all of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from harmonium.data import Batches, Rows
from harmonium.errors import UsageError
from harmonium.estimators.defaults import passes
from harmonium.graph import EnergyGraph, State
from harmonium.learning import (
    CD,
    L2,
    Contrast,
    GraphLearner,
    Learner,
    MeanField,
    PathwayLayer,
    Penalty,
    Training,
    ceilings,
    compose_pathways,
    linear_decay,
    pathway_layers,
    start_from,
)
from harmonium.sampling import mean_field, of_lengths

__all__ = ["Lessons", "group_means", "mean_length", "rows_seen"]

_MOMENTUM = 0.5
_UPDATES = 600
"""Minimum number of updates of a layer if no number of epochs is given."""
_PIECE = 1000
"""Rows that pass through a layer at the same time."""


@dataclass(frozen=True)
class Lessons:
    """Settings of learning, whose rate falls to zero in each part.

    Args:
        rate: initial learning rate of SGD.
        decay: strength of the L2 penalty.
        batch_size: rows per update.
        source: random generator.
    """

    rate: float
    _: KW_ONLY
    decay: float
    batch_size: int
    source: torch.Generator

    def learner(
        self,
        graph: EnergyGraph,
        contrast: Contrast,
        *,
        limits: Sequence[Penalty],
        lengths: Mapping[str, float],
    ) -> Learner:
        """The learner of a machine or of one of its layers; ``lengths`` as in ``of_layers``."""
        rated = _rated(graph, rate=self.rate, lengths=lengths)
        return Learner(
            graph,
            torch.optim.SGD(rated, lr=self.rate, momentum=_MOMENTUM),
            contrast=contrast,
            penalties=[*([L2(self.decay)] if self.decay else []), *limits],
            source=self.source,
            inference=MeanField(1e-2, 10),
        )

    def training(
        self,
        learner: Learner,
        batches: Batches[Any],
        *,
        epochs: int,
        groups: Callable[[Mapping[str, Tensor]], State],
    ) -> Training:
        """The training of a learner; ``groups`` gives values of its groups for a batch."""
        decay = linear_decay(learner.optimiser, epochs * len(batches))
        return Training(GraphLearner(learner, groups), batches, epochs, [decay])

    def of_layers(
        self,
        graph: EnergyGraph,
        rows: Mapping[str, Rows],
        *,
        seen: Mapping[str, Tensor],
        lengths: Mapping[str, float],
        epochs: int | None,
    ) -> Iterator[Training]:
        """The trainings of all layers in turn; run each one before the next is taken.

        After the last one, the machine takes what the layers have learned. A layer learns from the
        rows that have its modality, the joint layer from those that have all.

        Args:
            graph: the machine.
            rows: visible group -> ``(N, D)`` without missing values.
            seen: visible group -> whether a row has it, ``(N,)``.
            lengths: mean lengths of documents, by visible group.
            epochs: passes over the rows; None for as many as 600 updates take, at least 10.

        Raises:
            ValueError: fewer than two rows have all modalities.
        """
        layers = pathway_layers(graph, tuple(rows))
        values, has = dict(rows), dict(seen)
        for layer in layers:
            both = torch.stack([has[name] for name in layer.below]).all(0)
            if int(both.sum()) < 2:
                raise UsageError("fewer than two rows have all modalities: nothing joins them")
            kept = {name: _where(values[name], both) for name in layer.below}
            start_from(layer.graph, kept)
            own = {name: x for name, x in kept.items() if name in rows}
            limits = [c for name, x in own.items() for c in ceilings(layer.graph, x, group=name)]
            learner = self.learner(layer.graph, CD(), limits=limits, lengths=lengths)
            batches = Batches(kept, size=self.batch_size, source=self.source)
            many = passes(epochs, batches=len(batches), updates=_UPDATES)
            yield self.training(learner, batches, epochs=many, groups=partial(_doubled, layer))
            if len(layer.below) == 1:
                has[layer.above] = has[layer.below[0]]
                values[layer.above] = _upwards(layer, values[layer.below[0]])
        compose_pathways(graph, [layer.graph for layer in layers], visible=tuple(rows))


def rows_seen(rows: Mapping[str, Rows]) -> dict[str, Tensor]:
    """Whether a row has any value of each modality, name -> ``(n,)``."""
    return {
        name: ~x.isnan().all(1) if isinstance(x, Tensor) else torch.ones(len(x), dtype=torch.bool)
        for name, x in rows.items()
    }


def mean_length(x: Rows) -> float:
    """Mean of the sums of rows ``(N, D)``."""
    return sum(float(piece.sum()) for piece in x.split(_PIECE)) / len(x)


@torch.no_grad()
def group_means(graph: EnergyGraph, rows: State) -> dict[str, Tensor]:
    """Mean activities of every group over some rows."""
    data = mean_field(of_lengths(graph, rows), rows, tolerance=1e-3, cap=50)
    return {name: data.moments(graph, name)[0].mean(0) for name in rows} | {
        name: graph.units[name].mean(f).mean(0) for name, f in data.fields.items()
    }


def _rated(graph: EnergyGraph, *, rate: float, lengths: Mapping[str, float]) -> list[Any]:
    """Parameters with their rates: those of counts have the rate divided by the mean length.

    The gradient of a document is a sum over its words.
    """
    of = {name: max(1.0, lengths.get(name.removesuffix("_copy"), 1.0)) for name in graph.units}
    parts: list[tuple[nn.Module, float]] = [(u, of[name]) for name, u in graph.units.items()]
    parts += [(e.connection, max(of[e.source], of[e.target])) for e in graph.edges]
    found = {
        id(p): {"params": [p], "lr": rate / n} for part, n in parts for p in part.parameters()
    }
    return [*found.values()]


def _where(x: Rows, mask: Tensor) -> Rows:
    return x if bool(mask.all()) else x.index_select(0, mask.nonzero().flatten())


def _doubled(layer: PathwayLayer, batch: Mapping[str, Tensor]) -> State:
    """Values of the lower groups of a layer and of their copies."""
    units = layer.graph.units
    return {n: batch[low] for low in layer.below for n, u in units.items() if u is units[low]}


@torch.no_grad()
def _upwards(layer: PathwayLayer, x: Rows) -> Tensor:
    """Means of the upper group of a layer with one lower group, ``(N, *shape)``."""
    units = layer.graph.units["h"]
    below = (_doubled(layer, {layer.below[0]: piece}) for piece in x.split(_PIECE))
    return torch.cat([units.mean(layer.graph.field("h", state)) for state in below])
