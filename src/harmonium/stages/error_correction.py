"""Error correction: a perceptron learns from its mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from harmonium.bounds import Count
from harmonium.describe.component import Component, Correction, Noise, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import nn

    from harmonium.data import Examples
    from harmonium.learning import Pocket, Training
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
        correction: winner, the right class against the one that won, or each, one class against
            the rest.
        sequential: whether the rows of a batch are learned one after the other: the online form,
            in less time.
        pocket: run keeps the weights with the longest run of right decisions; ratchet only those
            that also have fewer errors on all training rows. Rows are then learned one after the
            other.
        optimiser: sets the learning rate; Rosenblatt's rule uses plain sgd.
        schedules: changes of the learning rate while it runs.
        early_stopping: when to stop before the last epoch.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "decides"), data=("labelled train",))

    epochs: Count
    batch_size: Count = 1
    average: bool = False
    correction: Correction = Component("Correction", "winner")
    sequential: bool = False
    pocket: Literal["run", "ratchet"] | None = None
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 1.0})
    schedules: Sequence[Schedule] = ()
    early_stopping: EarlyStopping | None = None
    noise: Noise | Sequence[Noise] | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the perceptron."""
        from harmonium import learning
        from harmonium.describe import build
        from harmonium.errors import UsageError
        from harmonium.stages.nets import known_rows
        from harmonium.stages.training import noise_of, training_of
        from harmonium.watch import (
            MistakesWatch,
            PathWatch,
            ValidationWatch,
            Watch,
            WeightsWatch,
        )

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
        rows = model.reads(rows)
        model.prepare(rows)
        learner = learning.ErrorCorrection(
            model.net,
            build(self.optimiser, model.net.parameters()),
            average=self.average,
            correction=build(self.correction),
            sequential=self.sequential,
            pocket=_pocket(self.pocket, rows),
        )
        held = trial.labelled(trial.data.validation)
        watches: list[Watch] = [MistakesWatch(learner), WeightsWatch(model.net, model)]
        watches.append(PathWatch(model.net))
        if held is not None and held.y is not None:
            watches.insert(0, ValidationWatch(model, held))
        return training_of(
            trial,
            self,
            name=name,
            rows=rows,
            begin=lambda _: (learner, watches),
            draws=[noise_of(self, trial)],
        )


def _pocket(kind: str | None, rows: Examples) -> Pocket | None:
    """The pocket of a setting; a ratchet measures the error on all training rows."""
    from harmonium.learning import Pocket

    def error(net: nn.Module) -> float:
        wrong = sum(
            int((net(batch["x"]).argmax(1) != batch["y"]).sum()) for batch in rows.batches(10_000)
        )
        return wrong / len(rows)

    return None if kind is None else Pocket(error if kind == "ratchet" else None)
