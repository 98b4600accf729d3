"""Supervised training of an ordinary net on the labelled rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from harmonium.bounds import Count, NonNegative, Positive, Share
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
    """A net learns from the rows with a label, a target or a sequence to write.

    Args:
        epochs: maximum number of passes over the labelled rows.
        batch_size: rows per update.
        optimiser: one of torch.optim.
        head_rate: learning rate of the output layer; null for the optimiser's rate.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
        objective: the loss to minimise.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
        max_norm: largest norm of the weights of every hidden unit; null for no limit.
        class_weight: weight of the rows of every class: "balanced" for the same sum of weights in
            every class, or name of the class (as text) -> weight, 1 for those not named; null for
            equal weights.
        accumulate: parts into which every batch is cut, whose gradients are added: the same update
            in less memory.
        clip: largest norm of the gradient; null for no limit.
        average: decay of a moving average of the weights, such as 0.999, which is measured, judged
            and saved; null for the weights themselves.
        precision: "mixed" computes in bfloat16 on a GPU.
        decay: whether weight decay of the optimiser acts on all parameters, or on weights only,
            not on biases and the parameters of norms.
    """

    needs: ClassVar[Needs] = Needs(model=("net",), data=("known train",))

    epochs: Count
    batch_size: Count = 100
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    head_rate: Positive | None = None
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None
    objective: Objective = Component("Objective", "cross_entropy")
    noise: Noise | Sequence[Noise] | None = None
    max_norm: Positive | None = None
    class_weight: Literal["balanced"] | Mapping[str, NonNegative] | None = None
    accumulate: Count = 1
    clip: Positive | None = None
    average: Share | None = None
    precision: Literal["full", "mixed"] = "full"
    decay: Literal["all", "weights"] = "all"

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the last net."""
        from harmonium.stages.nets import net_training

        return net_training(trial, self, model=trial.able("net"), name=name)


@dataclass(frozen=True)
class Classify(Supervised):
    """Unrolls the machine to a net with a new output layer and trains it on the labelled rows.

    Args:
        head_rate: learning rate of the new output layer; null for the optimiser's rate.
        dropout: share of the units of every hidden layer that is switched off at random in
            training; ``noise`` does so to the inputs.
    """

    dropout: Share = 0.0

    makes: ClassVar[tuple[str, ...]] = ("net",)
    needs: ClassVar[Needs] = Needs(model=("unrolls",), data=("labelled train",))

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """Returns the single part; the net is made when its training is built."""
        Unroll(dropout=self.dropout).parts(trial, name)
        return super().parts(trial, name)
