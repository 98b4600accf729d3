"""Similarity: codes in which near rows have the same class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from harmonium.bounds import Count, NonNegative, Positive
from harmonium.describe.component import Component, Noise, Objective, Optimiser, Schedule
from harmonium.describe.settings import EarlyStopping
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from torch import Generator

    from harmonium.learning import Training
    from harmonium.models.net import NetModel
    from harmonium.stages.trial import Trial

__all__ = ["Similarity"]

_CODED = 1000
"""Rows by which the scale of the codes is measured, at most."""


@dataclass(frozen=True)
class Similarity(Single):
    """The codes of a net learn from labelled rows that near means same class.

    An embedding learns from its initial weights; an autoencoder from the codes that it has
    learned before.

    Args:
        epochs: maximum number of passes over the labelled rows.
        batch_size: rows per update, which are each other's neighbours; a small batch has few rows
            of each class.
        objective: the loss of the codes.
        optimiser: one of torch.optim.
        schedules: changes of the optimiser's settings while it runs.
        early_stopping: when to stop before the last epoch.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
        nearest: largest median distance of training rows from their nearest other row, of 1000;
            linear codes that are farther apart are scaled down before learning, because rows that
            are far from all others learn nothing. null to leave the codes as they are.
        reconstruction: weight of the loss of the reconstruction, for an autoencoder.
    """

    needs: ClassVar[Needs] = Needs(model=("net", "encodes"), data=("labelled train",))

    epochs: Count
    batch_size: Count = 1000
    objective: Objective = Component("Objective", "nca")
    optimiser: Optimiser = Component("Optimiser", "adam", {"lr": 1e-3})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    early_stopping: EarlyStopping | None = None
    noise: Noise | Sequence[Noise] | None = None
    nearest: Positive | None = 1.0
    reconstruction: NonNegative = 0.0

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the net.

        Raises:
            ValueError: the net has no codes, or the objective does not compare codes.
        """
        from harmonium.describe import build
        from harmonium.learning import Descent
        from harmonium.learning.scale_of_codes import scale_codes
        from harmonium.nets.dropout import set_source
        from harmonium.stages.training import noise_of, training_of
        from harmonium.watch import FlowWatch, NeighboursWatch, Watch, WeightsWatch

        model: NetModel = trial.able("net", "encodes")
        objective = self._objective(model, name)
        rows, held = trial.labelled(trial.data.train), trial.labelled(trial.data.validation)
        assert rows is not None
        if self.nearest is not None:
            scale_codes(
                model.net, model.reads(rows).batch(slice(_CODED))["x"], distance=self.nearest
            )
        parameters = _learned(model.net, decoded=self.reconstruction > 0)
        optimiser = build(self.optimiser, parameters)
        watches: list[Watch] = [WeightsWatch(None, model)]  # type: ignore[arg-type]
        if held is not None:
            watches.insert(0, NeighboursWatch(model, rows, held=held))
        watches.append(
            FlowWatch(model.net, objective, rows=model.reads(rows), optimiser=optimiser)
        )

        def begin(source: Generator) -> tuple[Descent, list[Watch]]:
            set_source(model.net, source)
            return Descent(model.net, optimiser, objective), watches

        reads, draws = model.reads(rows), [noise_of(self, trial)]
        return training_of(trial, self, name=name, rows=reads, begin=begin, draws=draws)

    def _objective(self, model: NetModel, name: str) -> Any:  # noqa: ANN401
        """The loss of the codes, with that of the reconstruction if it has a weight."""
        from harmonium import learning
        from harmonium.describe import build
        from harmonium.learning.objectives import Bernoulli, SquaredError
        from harmonium.learning.objectives.similarity import Similarity as Both
        from harmonium.models import Reconstructs

        objective = build(self.objective)
        if "codes" not in objective.outputs:
            raise UsageError(
                f"{name}: the objective {objective.figure} does not compare codes: take nca or "
                "triplet"
            )
        if model.output_kind != "codes" and not hasattr(model.net, "encode"):
            raise UsageError(
                f"{name}: the outputs of the model are {model.output_kind}, not codes: take an "
                "embedding or an autoencoder"
            )
        if not self.reconstruction:
            return objective
        if not isinstance(model, Reconstructs):
            raise UsageError(
                f"{name}.reconstruction: the model does not reconstruct rows: set it to 0, or "
                "take an autoencoder"
            )
        loss = Bernoulli() if model.output_kind == "probabilities" else SquaredError()
        return Both(objective, learning.Coding(loss), weight=self.reconstruction)


def _learned(net: Any, *, decoded: bool) -> list[Any]:  # noqa: ANN401
    """Parameters that the loss depends on: without a reconstruction, not those of a decoder."""
    part = net if decoded else getattr(net, "encoder", net)
    return [*part.parameters()]
