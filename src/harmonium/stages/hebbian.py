"""Hebb's rule: weights grow between neurons that fire together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count, NonNegative, Positive
from harmonium.describe.component import Noise
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.stages.trial import Trial

__all__ = ["Hebbian"]


@dataclass(frozen=True)
class Hebbian(Single):
    """Hebb's rule between the values of a row and the unit of its class, or the row itself.

    Args:
        epochs: number of passes over the rows.
        batch_size: rows per update, over which the change is averaged.
        rate: growth of a weight where both neurons fire together.
        decay: loss of a weight where only one of them fires; 0 for Hebb's own rule.
        floor: weights that shrink below it are removed for good; null removes none.
        noise: changes the rows of every batch in training, or a list, in turn; null for none.
    """

    needs: ClassVar[Needs] = Needs(model=("net",), data=("train",))
    schedules: ClassVar[tuple[()]] = ()

    epochs: Count
    batch_size: Count = 100
    rate: Positive = 1.0
    decay: NonNegative = 0.0
    floor: NonNegative | None = None
    noise: Noise | Sequence[Noise] | None = None

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of the memory."""
        from harmonium import learning
        from harmonium.stages.memories import drawn, memory_and_rows
        from harmonium.stages.training import noise_of, training_of
        from harmonium.watch import WeightsWatch

        model, rows = memory_and_rows(trial, name=name)
        learner = learning.Hebbian(model.net, self.rate, decay=self.decay, floor=self.floor)
        return training_of(
            trial,
            self,
            name=name,
            rows=rows,
            begin=lambda _: (learner, [WeightsWatch(model.net, drawn(model))]),
            draws=[noise_of(self, trial)],
        )
