"""Training of a machine with a label to tell the classes apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count, NonNegative, Share
from harmonium.describe.component import Component, Contrast, Noise, Optimiser, Penalty, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.stages.trial import Trial

__all__ = ["Discriminative"]


@dataclass(frozen=True)
class Discriminative(Single):
    """Training of a machine with a label to tell the classes apart.

    (Larochelle and Bengio, 2008, https://doi.org/10.1145/1390156.1390224.)

    Args:
        epochs: maximum number of passes over the rows.
        batch_size: rows per update.
        generative: weight of the joint model of data and labels; 0 learns to classify only.
        unlabelled: weight of the model of the data for rows without a label; 0 drops them.
        contrast: how the model side of the generative part is estimated.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        penalties: weight decay and the like.
        centring: rate at which the centring offsets of the generative part follow the data.
        scaling: in the generative part, scale the gradients of groups with a precision.
        early_stopping: when to stop before the last epoch.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("graph", "classifies"), data=("labelled train",))

    epochs: Count
    batch_size: Count = 10
    generative: NonNegative = 0.0
    unlabelled: NonNegative = 0.0
    contrast: Contrast = Component("Contrast", "cd")
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 0.5})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    penalties: Sequence[Penalty] = ()
    centring: Share | None = None
    scaling: bool = True
    early_stopping: EarlyStopping | None = None
    noise: Noise | Sequence[Noise] | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the whole machine."""
        from harmonium.learning import Listed
        from harmonium.stages.graphs import graph_training

        model = trial.able("graph", "classifies")
        fresh = not trial.has_learned(name)
        return graph_training(
            trial, model, settings=self, name=name, fresh=fresh, inference=Listed(model.label)
        )
