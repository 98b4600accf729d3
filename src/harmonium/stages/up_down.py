"""Up-down training: all layers of a belief net learn at once, with recognition weights apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from harmonium.bounds import Count
from harmonium.describe.component import Component, Contrast, Optimiser, Schedule
from harmonium.needs import Needs
from harmonium.stages.part import Part

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.models import Model
    from harmonium.stages.trial import Trial

__all__ = ["UpDown"]


@dataclass(frozen=True)
class UpDown:
    """Trains all layers of a belief net at once, with separate weights for recognition.

    Args:
        epochs: passes over the training rows (those with a label, where the net has labels).
        batch_size: rows per update.
        contrast: how the top graph is sampled, for its model side and for generated states.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
    """

    makes: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[Needs] = Needs(model=("directed",), data=("train",))

    epochs: Count
    batch_size: Count = 100
    contrast: Contrast = Component("Contrast", "cd", {"steps": 3})
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 0.05})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Name and settings of the stage's single part."""
        return [(name, self)]

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns the stage's single part, which trains all layers."""
        return [Part(name, partial(_training, trial, self, name=name))]


def _training(trial: Trial, settings: UpDown, *, name: str) -> Training:

    from harmonium.data import Batches
    from harmonium.describe import build
    from harmonium.learning import Training, ranks
    from harmonium.stages.directed import directed_learner, directed_watches
    from harmonium.stages.graphs import columns, learned_from
    from harmonium.stages.schedules import schedules

    stack = trial.able("directed")
    *_, top = layers = stack.split()
    split = learned_from(trial, top, name=name)
    rows = columns(split, top)
    if not trial.has_learned(name):
        layers[0].start({"x": rows["x"]}, weights=split.weights)
    stack.untie()
    order = trial.source(name)
    source = trial.own_source(name, order)
    batches: Batches[Any] = Batches(
        rows,
        size=settings.batch_size,
        source=order,
        transform=trial.transform(source),
        share=ranks.world(),
    )
    learner = directed_learner(
        stack,
        optimiser=build(settings.optimiser, stack.machine.parameters()),
        contrast=build(settings.contrast),
        source=source,
    )
    return Training(
        learner,
        batches,
        settings.epochs,
        schedules(
            settings.schedules, learner.optimisers[0], batches=batches, epochs=settings.epochs
        ),
        source=source,
        watches=directed_watches(trial, stack),
    )
