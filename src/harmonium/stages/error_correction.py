"""Error correction: a perceptron learns from its mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count
from harmonium.describe.component import Component, Noise, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.models import PerceptronModel
    from harmonium.stages.trial import Trial

__all__ = ["ErrorCorrection"]


@dataclass(frozen=True)
class ErrorCorrection(Single):
    """Rosenblatt's rule: a perceptron learns from the labelled rows that it classifies wrongly.

    Args:
        epochs: maximum number of passes over the labelled rows.
        batch_size: rows per update: 1 for the online form, all rows for the batch form.
        average: whether the final weights are the mean of the weights after every update.
        optimiser: sets the learning rate; Rosenblatt's rule uses plain sgd.
        schedules: changes of the learning rate while it runs.
        early_stopping: when to stop before the last epoch.
        noise: corrupts the rows of every batch in training; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "decides"), data=("labelled train",))

    epochs: Count
    batch_size: Count = 1
    average: bool = False
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 1.0})
    schedules: Sequence[Schedule] = ()
    early_stopping: EarlyStopping | None = None
    noise: Noise | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the perceptron."""
        from harmonium import learning
        from harmonium.describe import build
        from harmonium.errors import UsageError
        from harmonium.stages.nets import known_rows
        from harmonium.stages.training import noise_of, training_of
        from harmonium.watch import ValidationWatch, Watch, WeightsWatch

        model: PerceptronModel = trial.able("net", "decides")
        if model.output_kind != "scores":
            raise UsageError(
                f"{name}: error correction moves a layer of threshold units, and the outputs of "
                f"the model are {model.output_kind}: take type perceptron, or train with "
                "supervised"
            )
        rows = known_rows(trial, model, name=name)
        if rows.weights is not None:
            rows = rows.with_columns(weights=rows.weights / rows.weights.mean())
        held = trial.labelled(trial.data.validation)
        watches: list[Watch] = [WeightsWatch(model.net, model)]
        if held is not None and held.y is not None:
            watches.insert(0, ValidationWatch(model, held))

        optimiser = build(self.optimiser, model.net.parameters())
        learner = learning.ErrorCorrection(model.net, optimiser, average=self.average)
        return training_of(
            trial,
            self,
            name=name,
            rows=model.reads(rows),
            begin=lambda _: (learner, watches),
            draws=[noise_of(self)],
        )
