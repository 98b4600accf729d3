"""Training of a whole machine as one energy graph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from harmonium.bounds import Count, Share
from harmonium.describe.component import (
    Component,
    Contrast,
    Inference,
    Noise,
    Optimiser,
    Penalty,
    Schedule,
)
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.stages.trial import Trial

__all__ = ["Energy"]


@dataclass(frozen=True)
class Energy(Single):
    """Training of the whole machine as one energy graph.

    Args:
        epochs: passes over the training rows.
        batch_size: rows per update.
        contrast: how the model side of the learning rule is estimated.
        inference: how hidden groups that are connected with each other are inferred from the data.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        penalties: weight decay, sparsity and the like.
        centring: rate at which the centring offsets follow the data; null for no centring.
        scaling: scale the gradients of groups with a precision, such as Gaussian units.
        products: matrix products in the update of a binary RBM: float, or fixed (int8 digits).
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("graph",), data=("train",))

    epochs: Count
    batch_size: Count = 100
    contrast: Contrast = Component("Contrast", "pcd")
    inference: Inference = Component("Inference", "mean_field")
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 0.05})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    penalties: Sequence[Penalty] = ()
    centring: Share | None = 0.01
    scaling: bool = True
    products: Literal["float", "fixed"] = "float"
    noise: Noise | Sequence[Noise] | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the whole machine."""
        from harmonium.describe import build
        from harmonium.learning import Listed
        from harmonium.stages.graphs import graph_training

        model = trial.able("graph")
        return graph_training(
            trial,
            model,
            settings=self,
            name=name,
            fresh=not trial.has_learned(name),
            inference=build(self.inference) if model.label is None else Listed(model.label),
        )
