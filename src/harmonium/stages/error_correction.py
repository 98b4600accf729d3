"""Error correction: a perceptron learns from its mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from harmonium.bounds import Count
from harmonium.describe.component import Component, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Part

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.models import Model, PerceptronModel
    from harmonium.stages.trial import Trial

__all__ = ["ErrorCorrection"]


@dataclass(frozen=True)
class ErrorCorrection:
    """Rosenblatt's rule: a perceptron learns from the labelled rows that it classifies wrongly.

    Args:
        epochs: maximum number of passes over the labelled rows.
        batch_size: rows per update: 1 for the online form, all rows for the batch form.
        average: whether the final weights are the mean of the weights after every update.
        optimiser: sets the learning rate; Rosenblatt's rule uses plain sgd.
        schedules: changes of the learning rate while it runs.
        early_stopping: when to stop before the last epoch.
    """

    makes: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[Needs] = Needs(model=("net", "decides"), data=("labelled train",))

    epochs: Count
    batch_size: Count = 1
    average: bool = False
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 1.0})
    schedules: Sequence[Schedule] = ()
    early_stopping: EarlyStopping | None = None

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Name and settings of the stage's single part."""
        return [(name, self)]

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns the stage's single part, which trains the perceptron."""
        return [Part(name, partial(self._training, trial, name))]

    def _training(self, trial: Trial, name: str) -> Training:
        from harmonium import learning
        from harmonium.describe import build
        from harmonium.errors import UsageError
        from harmonium.stages.nets import columns_of, known_rows, training_of
        from harmonium.watch import ValidationWatch, Watch, WeightsWatch

        model: PerceptronModel = trial.able("net", "decides")
        if model.output_kind != "scores":
            raise UsageError(
                f"{name}: error correction moves a layer of threshold units, and the outputs of "
                f"the model are {model.output_kind}: take type perceptron, or train with "
                "supervised"
            )
        rows = known_rows(trial, model, name=name)
        columns = columns_of(rows)
        if rows.weights is not None:
            columns["weights"] = rows.weights / rows.weights.mean()
        held = trial.labelled(trial.data.validation)
        watches: list[Watch] = [WeightsWatch(model.net, model)]
        if held is not None and held.y is not None:
            watches.insert(0, ValidationWatch(model, held.x, labels=held.y))

        def learner(source: object) -> learning.ErrorCorrection:
            del source
            optimiser = build(self.optimiser, model.net.parameters())
            return learning.ErrorCorrection(model.net, optimiser, average=self.average)

        return training_of(
            trial,
            self,
            learner=learner,
            columns=columns,
            watches=watches,
            name=name,
        )
