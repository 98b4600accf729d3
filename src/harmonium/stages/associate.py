"""Storing: a linear memory takes in all pairs at once."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar, Literal

from harmonium.bounds import Share
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.stages.trial import Trial

__all__ = ["Associate"]


@dataclass(frozen=True)
class Associate(Single):
    """Stores the training rows in a linear memory, with their classes or alone, in one step.

    Args:
        form: correlation, the sum of outer products, or optimal, the least squared error.
        cutoff: of the optimal form: singular values of the rows below this share of the largest
            count as zero, against noise.
    """

    needs: ClassVar[Needs] = Needs(model=("net",), data=("train",))
    epochs: ClassVar[int] = 1
    batch_size: ClassVar[int] = 10**12

    form: Literal["correlation", "optimal"] = "optimal"
    cutoff: Share = 1e-10

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of a single update."""
        from harmonium import learning
        from harmonium.stages.memories import drawn, memory_and_rows
        from harmonium.stages.training import training_of
        from harmonium.watch import WeightsWatch

        model, rows = memory_and_rows(trial, name=name)
        learner = learning.Associate(model.net, form=self.form, cutoff=self.cutoff)
        return training_of(
            trial,
            SimpleNamespace(epochs=1, batch_size=len(rows), schedules=()),
            name=name,
            rows=rows,
            begin=lambda _: (learner, [WeightsWatch(model.net, drawn(model))]),
        )
