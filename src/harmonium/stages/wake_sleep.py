"""Wake-sleep: a directed net and its recognition net learn from each other's samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from harmonium.bounds import Count
from harmonium.describe.component import Component, Noise, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.learning import Descent, Training
    from harmonium.stages.trial import Trial
    from harmonium.watch import Watch

__all__ = ["WakeSleep"]


@dataclass(frozen=True)
class WakeSleep(Single):
    """A directed net and its recognition net learn from each other's samples.

    One sample and the phase sleep are wake-sleep (Hinton et al., 1995); several samples are
    reweighted wake-sleep (Bornschein and Bengio, 2015).

    Args:
        epochs: maximum number of passes over the training rows.
        batch_size: rows per update.
        samples: of the hidden layers, for each row.
        recognition: phases in which the recognition net learns: sleep, from rows that the net
            draws; wake, from the reweighted samples of the training rows; or both.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "ancestral"), data=("train",))

    epochs: Count
    batch_size: Count = 100
    samples: Count = 1
    recognition: Literal["sleep", "wake", "both"] = "sleep"
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None
    noise: Noise | Sequence[Noise] | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the last directed net."""
        from harmonium import learning
        from harmonium.describe import build
        from harmonium.learning import objectives
        from harmonium.nets.dropout import set_source
        from harmonium.stages.training import noise_of, training_of
        from harmonium.stages.trial import some
        from harmonium.watch import BoundWatch, ReconstructionWatch, WeightsWatch

        model = trial.able(*self.needs.model)
        rows, held = model.reads(trial.data.train), trial.data.validation
        model.check(rows.batch(slice(100)))
        try:
            objective = objectives.WakeSleep(self.samples, self.recognition)
        except UsageError as error:
            raise UsageError(f"{name}: {error}") from error
        if not trial.has_learned(name):
            model.begin(rows.x)
        watches: list[Watch] = [
            ReconstructionWatch(model, some(rows), name="net"),
            WeightsWatch(None, model),
        ]
        if held is not None:
            watches.insert(0, BoundWatch(model, held, draw=trial.draw))

        def begin(source: Generator) -> tuple[Descent, list[Watch]]:
            set_source(model.net, source)
            optimiser = build(self.optimiser, model.net.parameters())
            return learning.Descent(model.net, optimiser, objective), watches

        draws = [trial.draw, noise_of(self, trial)]
        return training_of(trial, self, name=name, rows=rows, begin=begin, draws=draws)
