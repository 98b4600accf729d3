"""Supervised training of an ordinary net on the labelled rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from harmonium.bounds import Count, NonNegative, Positive
from harmonium.describe.component import Component, Noise, Objective, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Part, Single
from harmonium.stages.unroll import Unroll

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.stages.trial import Trial

__all__ = ["Classify", "Supervised"]


@dataclass(frozen=True)
class Supervised(Single):
    """A net that classifies or predicts learns from the rows with a label or a target.

    Args:
        epochs: maximum number of passes over the labelled rows.
        batch_size: rows per update.
        optimiser: one of torch.optim.
        head_rate: learning rate of the output layer; null for the optimiser's rate.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
        objective: the loss to minimise.
        noise: corrupts the rows of every batch in training; null for none.
        max_norm: largest norm of the weights of every hidden unit; null for no limit.
        class_weight: weight of the rows of every class: "balanced" for the same sum of weights in
            every class, or name of the class (as text) -> weight, 1 for those not named; null for
            equal weights.
    """

    needs: ClassVar[Needs] = Needs(model=("net",), data=("known train",))

    epochs: Count
    batch_size: Count = 100
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    head_rate: Positive | None = None
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None
    objective: Objective = Component("Objective", "cross_entropy")
    noise: Noise | None = None
    max_norm: Positive | None = None
    class_weight: Literal["balanced"] | Mapping[str, NonNegative] | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the last net."""
        from harmonium.stages.nets import net_training

        return net_training(trial, self, model=trial.able("net"), name=name)


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
