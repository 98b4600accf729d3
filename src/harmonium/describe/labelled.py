"""Training of a machine that has a label among its groups, from rows with their labels."""

import dataclasses
from typing import Any

from torch import Tensor

from harmonium.bridge import classifies
from harmonium.data import Batches, Split
from harmonium.describe.learner import learner
from harmonium.describe.schedules import schedules
from harmonium.describe.settings import Discriminative, Energy
from harmonium.describe.trial import Trial, coded, derived, some
from harmonium.graph import EnergyGraph
from harmonium.learning import Discriminative as Update
from harmonium.learning import Listed, ranks, start_from
from harmonium.runs.stages import Training
from harmonium.runs.steps import EnergyStep, LabelledStep
from harmonium.runs.stopping import EarlyStopping

__all__ = ["training"]


def training(
    one: Trial, settings: Energy | Discriminative, *, graph: EnergyGraph, name: str
) -> Training:
    """The stage: as a model of data and labels by ``Energy``, to classify by ``Discriminative``.

    Rows without a label are learned from if the settings give them a weight, else left out.

    Raises:
        ValueError: the machine has no label, or other classes than the data; no row is labelled.
    """
    everything = isinstance(settings, Discriminative) and settings.unlabelled > 0
    rows = _rows(one, graph, name=name, everything=everything)
    x, y, weights = one.rows(rows), _coded(rows, graph), rows.weights
    known = y.sum(1) > 0
    start_from(graph, {"v": x}, weights=weights)
    start_from(graph, {"y": y[known]}, weights=None if weights is None else weights[known])
    order = one.source(name)
    source = one.own_source(name, order)
    batches: Batches[Any] = Batches(
        (x, y) if weights is None else (x, y, weights),
        size=settings.batch_size,
        source=order,
        transform=one.transform(source),
        share=ranks.world(),
    )
    updates = learner(graph, settings, source=source, inference=Listed("y"))
    held = one.labelled(one.data.validation)
    seen = None if held is None or held.y is None else (one.rows(held), held.y)
    looked_at = some(rows)
    energy = EnergyStep(
        updates,
        one.rows(looked_at)[:],
        None if held is None else one.rows(some(held))[:],
        weights=looked_at.weights,
        draw=one.draw,
        seed=derived(one.seed, f"{name} observed"),
    )
    update, stopping = None, None
    if isinstance(settings, Discriminative):
        update = Update(updates, "y", settings.generative, settings.unlabelled)
        stopping = settings.early_stopping
    return Training(
        LabelledStep(energy, update, seen),
        batches,
        settings.epochs,
        schedules(settings.schedules, updates.optimiser, batches=batches, epochs=settings.epochs),
        stopping=None if stopping is None else EarlyStopping(**dataclasses.asdict(stopping)),
        source=source,
    )


def _rows(one: Trial, graph: EnergyGraph, *, name: str, everything: bool) -> Split:
    known = one.labelled(one.data.train)
    if known is None:
        raise ValueError(
            f"{name}: {one.data.name} has no labelled training rows, and the model has a label: "
            "take type rbm"
        )
    if not classifies(graph):
        raise ValueError(f"{name}: discriminative needs a model with a label: classification_rbm")
    needed, there = len(one.data.classes), graph.units["y"].shape.numel()
    if needed != there:
        raise ValueError(
            f"model: classes is {there}, but {one.data.name} has {needed}: say {needed}"
        )
    return one.data.train if everything else known


def _coded(rows: Split, graph: EnergyGraph) -> Tensor:
    """Labels as one-hot rows, ``(N, classes)``; zeros where there is none."""
    assert rows.y is not None
    units = graph.units["y"]
    return coded(rows.y, units.bias, classes=units.shape.numel())
