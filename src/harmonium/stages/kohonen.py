"""Self-organisation: a Kohonen map unfolds over the training rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from harmonium.bounds import Count, Positive
from harmonium.describe.component import Component, Noise, Optimiser, Schedule
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.models import MapModel
    from harmonium.stages.trial import Trial

__all__ = ["Kohonen"]

_STARTS = 10_000
"""Rows from which the prototypes start, at most: evenly spaced, as files are often sorted."""


@dataclass(frozen=True)
class Kohonen(Single):
    """Kohonen's rule: the winner of every row and its neighbours on the grid move towards it.

    Args:
        epochs: passes over the rows.
        batch_size: rows per update: 1 for Kohonen's own form; a few rows give nearly the same map
            in less time. The batch form needs all rows.
        form: online, or batch, which puts every prototype at the weighted mean of its rows.
        radius: first radius of the neighbourhood, in steps on the grid; null for half the longer
            side.
        last_radius: last radius.
        start: principal, over the plane of the two largest principal components, or rows, at
            training rows drawn at random. Only the first stage of a run sets the prototypes.
        optimiser: plain sgd; its rate is the share of the way to a row that the winner moves. The
            batch form goes all the way, whatever the rate.
        schedules: changes of the rate while it runs.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("map errors",), data=("train",))

    epochs: Count
    batch_size: Count = 20
    form: Literal["online", "batch"] = "online"
    radius: Positive | None = None
    last_radius: Positive = 0.5
    start: Literal["principal", "rows"] = "principal"
    optimiser: Optimiser = Component("Optimiser", "sgd", {"lr": 0.5})
    schedules: Sequence[Schedule] = (Component("Schedule", "linear_decay"),)
    noise: Noise | Sequence[Noise] | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the map.

        Raises:
            ValueError: the batch form gets the rows in several batches.
        """
        import torch

        from harmonium import learning
        from harmonium.describe import build
        from harmonium.learning.kohonen import principal_start, row_start
        from harmonium.stages.training import noise_of, training_of
        from harmonium.watch import WeightsWatch

        model: MapModel = trial.able("map errors")
        rows = model.reads(trial.data.train)
        some = min(len(rows), _STARTS)
        first = rows.batch(torch.arange(some) * len(rows) // some)
        model.check(first)
        if self.form == "batch" and self.batch_size < len(rows):
            raise UsageError(
                f"{name}.batch_size: the batch form needs all {len(rows)} rows in one batch, and "
                f"batch_size is {self.batch_size}: set it to {len(rows)}"
            )
        if not trial.has_learned(name) and self.start == "principal":
            principal_start(model.net, first["x"])
        elif not trial.has_learned(name):
            row_start(model.net, first["x"], source=trial.source(f"{name}, start"))
        batches = -(-len(rows) // self.batch_size)
        learner = learning.Kohonen(
            model.net,
            build(self.optimiser, model.net.parameters()),
            updates=self.epochs * batches,
            radius=self.radius or max(1.0, max(model.net.grid_shape) / 2),
            last_radius=self.last_radius,
            form=self.form,
        )
        watches = [WeightsWatch(model.net, None)]
        draws = [trial.draw, noise_of(self, trial)]
        return training_of(
            trial, self, name=name, rows=rows, begin=lambda _: (learner, watches), draws=draws
        )
