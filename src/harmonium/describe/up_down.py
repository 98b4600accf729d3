"""Training of a belief net's layers all at once, recognition apart from generation."""

from typing import Any

from harmonium.data import Batches
from harmonium.describe.build import build
from harmonium.describe.schedules import schedules
from harmonium.describe.settings import UpDown
from harmonium.describe.trial import Trial, columns, some
from harmonium.learning import UpDown as Update
from harmonium.learning import ranks, start_from
from harmonium.machines import BeliefNet
from harmonium.runs.stages import Training
from harmonium.runs.steps import UpDownStep

__all__ = ["training"]


def training(one: Trial, settings: UpDown, *, name: str, fresh: bool) -> Training:
    """The stage; it unties the net. ``fresh``: there was no pre-training.

    Raises:
        ValueError: the machine is no belief net, or has labels where the data have none or others.
    """
    net = one.machine
    if not isinstance(net, BeliefNet):
        raise ValueError(f"{name}: up_down trains a belief_net; use energy")
    split = one.learned_from(net.graphs[-1])
    observed = {"v": one.rows(split)} | (one.label(split) if net.labelled else {})
    if fresh:
        start_from(net.graphs[0], {"v": observed["v"]}, weights=split.weights)
    net.untie()
    order = one.source(name)
    source = one.own_source(name, order)
    batches: Batches[Any] = Batches(
        columns(observed, split.weights),
        size=settings.batch_size,
        source=order,
        transform=one.transform(source),
        share=ranks.world(),
    )
    optimiser = build(settings.optimiser, net.parameters())
    contrast = build(settings.contrast)
    learner = Update(net.graphs, net.upwards, optimiser, contrast=contrast, source=source)
    held = one.labelled(one.data.validation) if net.labelled else None
    seen = None if held is None or held.y is None else (one.rows(held)[:], held.y)
    looked_at = one.rows(some(one.data.train))[:]
    step = UpDownStep(learner, net, looked_at, seen, tuple(observed))
    changes = schedules(settings.schedules, optimiser, batches=batches, epochs=settings.epochs)
    return Training(step, batches, settings.epochs, changes, source=source)
