"""Learning of time series by contrastive divergence, through time where the machine carries it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count, Positive
from harmonium.describe.component import Component, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.learning import Descent, Training
    from harmonium.stages.trial import Trial
    from harmonium.watch import Watch

__all__ = ["SeriesStage"]


@dataclass(frozen=True)
class SeriesStage(Single):
    """A machine of time series learns each frame given its past.

    Real values start as the linear autoregression of the training series, and their learned
    precisions have a ceiling (``learning.ceiling``).

    Args:
        epochs: maximum number of passes over the training series.
        batch_size: series per update.
        steps: Gibbs sweeps of contrastive divergence.
        clip: largest norm of the gradient; null for no limit.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch, such as by val/step_error.
    """

    needs: ClassVar[Needs] = Needs(model=("forecasts",), data=("train",))

    epochs: Count
    batch_size: Count = 10
    steps: Count = 1
    clip: Positive | None = None
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 3e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the last machine of series."""
        from harmonium import learning
        from harmonium.describe import build
        from harmonium.learning import objectives
        from harmonium.stages.training import training_of
        from harmonium.watch import StepErrorWatch

        model = trial.able(*self.needs.model)
        rows, held = model.reads(trial.data.train), trial.data.validation
        everything = rows.batch(slice(None))
        if not trial.has_learned(name):
            model.begin_series(everything)
        limit = model.limiter(everything)
        watches: list[Watch] = []
        if held is not None:
            watches.append(StepErrorWatch(model, held))
        module = model.machine

        def begin(source: Generator) -> tuple[Descent, list[Watch]]:
            module.source = source
            optimiser = build(self.optimiser, module.parameters())
            objective = objectives.SeriesContrast(self.steps)
            learner = learning.Descent(module, optimiser, objective, clip=self.clip, project=limit)
            return learner, watches

        return training_of(trial, self, name=name, rows=rows, begin=begin, draws=[trial.draw])
