"""Supervised training of an ordinary net on the labelled rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from harmonium.bounds import Count, Positive
from harmonium.describe.component import Component, Objective, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Part
from harmonium.stages.unroll import Unroll

if TYPE_CHECKING:
    from harmonium.models import Model
    from harmonium.stages.trial import Trial

__all__ = ["Classify", "Supervised"]


@dataclass(frozen=True)
class Supervised:
    """A net that classifies or predicts learns from the rows with a label or a target.

    Args:
        epochs: maximum number of passes over the labelled rows.
        batch_size: rows per update.
        optimiser: one of torch.optim.
        head_rate: learning rate of the output layer; null for the optimiser's rate.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
        objective: the loss to minimise.
    """

    makes: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[Needs] = Needs(model=("net",), data=("known train",))

    epochs: Count
    batch_size: Count = 100
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    head_rate: Positive | None = None
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None
    objective: Objective = Component("Objective", "cross_entropy")

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """Name and settings of the stage's single part."""
        return [(name, self)]

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns the stage's single part, which trains the net."""
        from harmonium.stages.nets import net_training

        make = partial(net_training, trial, self, name=name)
        return [Part(name, lambda: make(model=trial.able("net")))]


@dataclass(frozen=True)
class Classify(Supervised):
    """Unrolls the machine to a net with a new output layer and trains it on the labelled rows.

    Args:
        head_rate: learning rate of the new output layer; null for the optimiser's rate.
    """

    makes: ClassVar[tuple[str, ...]] = ("net",)
    needs: ClassVar[Needs] = Needs(model=("unrolls",), data=("labelled train",))

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns the single part; the net is made when its training is built."""
        Unroll().parts(trial, name)
        return super().parts(trial, name)
