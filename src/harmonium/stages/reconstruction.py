"""Reconstruction: an autoencoder learns to reproduce its input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from harmonium.bounds import Count
from harmonium.describe.component import Component, Objective, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Part

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.models import AutoencoderModel, Model
    from harmonium.stages.trial import Trial

__all__ = ["Reconstruction"]


@dataclass(frozen=True)
class Reconstruction:
    """An autoencoder learns to reproduce its rows, without labels.

    With ``batch_transform: {type: corrupt}`` it reads corrupted rows and learns to output the
    original rows: a denoising autoencoder.

    Args:
        epochs: maximum number of passes over the training rows.
        batch_size: rows per update.
        objective: the loss between rows and reconstructions.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
    """

    makes: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[Needs] = Needs(model=("net", "reconstructs"), data=("train",))

    epochs: Count
    batch_size: Count = 100
    objective: Objective = Component("Objective", "bernoulli")
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Name and settings of the stage's single part."""
        return [(name, self)]

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns the stage's single part, which trains the autoencoder."""
        return [Part(name, partial(self._training, trial, name))]

    def _training(self, trial: Trial, name: str) -> Training:
        from harmonium import learning
        from harmonium.describe import build
        from harmonium.stages.nets import check_outputs, training_of
        from harmonium.stages.trial import some
        from harmonium.watch import ObjectiveWatch, ReconstructionWatch, Watch, WeightsWatch

        model: AutoencoderModel = trial.able("net", "reconstructs")
        objective = build(self.objective)
        check_outputs(model, objective, name=name)
        train, held = trial.data.train, trial.data.validation
        columns = {"x": train.x}
        if train.weights is not None:
            columns["weights"] = train.weights
        watches: list[Watch] = [
            ReconstructionWatch(model, some(train).x[:], name="net"),
            WeightsWatch(None, model),
        ]
        if held is not None:
            clean = learning.Reconstruction(objective)
            watches.insert(0, ObjectiveWatch(model.net, clean, columns={"x": held.x}))

        def learner(source: Any) -> learning.Descent:  # noqa: ANN401
            damage = None if trial.noise is None else partial(trial.noise, source=source)
            optimiser = build(self.optimiser, model.net.parameters())
            return learning.Descent(
                model.net, optimiser, learning.Reconstruction(objective, damage)
            )

        return training_of(
            trial, self, learner=learner, columns=columns, watches=watches, name=name
        )
