"""Up-down training: all layers of a belief net learn at once, with recognition weights apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count
from harmonium.describe.component import Component, Contrast, Noise, Optimiser, Schedule
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.learning import Training
    from harmonium.stages.directed import DirectedLearner
    from harmonium.stages.trial import Trial
    from harmonium.watch import Watch

__all__ = ["UpDown"]


@dataclass(frozen=True)
class UpDown(Single):
    """Trains all layers of a belief net at once, with separate weights for recognition.

    Args:
        epochs: passes over the training rows (those with a label, where the net has labels).
        batch_size: rows per update.
        contrast: how the top graph is sampled, for its model side and for generated states.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("directed",), data=("train",))

    epochs: Count
    batch_size: Count = 100
    contrast: Contrast = Component("Contrast", "cd", {"steps": 3})
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 0.05})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    noise: Noise | Sequence[Noise] | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of all layers."""
        from harmonium.describe import build
        from harmonium.stages.directed import directed_learner, directed_watches
        from harmonium.stages.graphs import learned_from, read_by
        from harmonium.stages.training import noise_of, training_of

        stack = trial.able("directed")
        *_, top = layers = stack.split()
        split = learned_from(trial, top, name=name)
        rows = read_by(top, split)
        if not trial.has_learned(name):
            layers[0].start({"x": rows.x}, weights=split.weights)
        stack.untie()

        def begin(source: Generator) -> tuple[DirectedLearner, list[Watch]]:
            learner = directed_learner(
                stack,
                optimiser=build(self.optimiser, stack.machine.parameters()),
                contrast=build(self.contrast),
                source=source,
            )
            return learner, directed_watches(trial, stack)

        draws = [trial.draw, noise_of(self, trial)]
        return training_of(trial, self, name=name, rows=rows, begin=begin, draws=draws)
