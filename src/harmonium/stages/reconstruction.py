"""Reconstruction: an autoencoder learns to reproduce its input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count
from harmonium.describe.component import Component, Noise, Objective, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.learning import Training
    from harmonium.models import AutoencoderModel
    from harmonium.stages.trial import Trial

__all__ = ["Reconstruction"]


@dataclass(frozen=True)
class Reconstruction(Single):
    """An autoencoder learns to reproduce its rows, without labels.

    With ``noise`` it reads corrupted rows and learns to output the original rows: a denoising
    autoencoder.

    Args:
        epochs: maximum number of passes over the training rows.
        batch_size: rows per update.
        objective: the loss between rows and reconstructions.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
        noise: corrupts the rows of every batch in training; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "reconstructs"), data=("train",))

    epochs: Count
    batch_size: Count = 100
    objective: Objective = Component("Objective", "bernoulli")
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None
    noise: Noise | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the autoencoder."""
        from harmonium import learning
        from harmonium.describe import build
        from harmonium.stages.nets import check_outputs
        from harmonium.stages.training import noise_of, training_of
        from harmonium.stages.trial import some
        from harmonium.watch import (
            FlowWatch,
            ObjectiveWatch,
            ReconstructionWatch,
            Watch,
            WeightsWatch,
        )

        model: AutoencoderModel = trial.able("net", "reconstructs")
        objective = build(self.objective)
        check_outputs(model, objective, name=name)
        train, held = trial.data.train, trial.data.validation
        watches: list[Watch] = [
            ReconstructionWatch(model, some(train), name="net"),
            WeightsWatch(None, model),
        ]
        clean = learning.Reconstruction(objective)
        if held is not None:
            watches.insert(0, ObjectiveWatch(model.net, clean, rows=model.reads(held)))

        def begin(source: Generator) -> tuple[learning.Descent, list[Watch]]:
            noise = noise_of(self)
            damage = None if noise is None else partial(noise, source=source)
            optimiser = build(self.optimiser, model.net.parameters())
            damaged = learning.Reconstruction(objective, damage)
            rows = model.reads(train)
            watches.append(FlowWatch(model.net, clean, rows=rows, optimiser=optimiser))
            return learning.Descent(model.net, optimiser, damaged), watches

        return training_of(trial, self, name=name, rows=model.reads(train), begin=begin)
