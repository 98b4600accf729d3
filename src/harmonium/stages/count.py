"""Count: a model whose probabilities follow from counts of the training rows."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.stages.trial import Trial

__all__ = ["CountStage"]


@dataclass(frozen=True)
class CountStage(Single):
    """Counts all training rows in one step; nothing is set."""

    needs: ClassVar[Needs] = Needs(model=("counts",), data=("train",))
    epochs: ClassVar[int] = 1
    batch_size: ClassVar[int] = 10**12

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of a single update."""
        from harmonium.learning.counting import Counting
        from harmonium.stages.training import training_of
        from harmonium.watch import TextWatch

        model = trial.able("counts", "continues")
        rows = model.counted(model.reads(trial.data.train))
        watch = TextWatch(model, rows, held=trial.data.validation)
        return training_of(
            trial,
            SimpleNamespace(epochs=1, batch_size=len(rows), schedules=()),
            name=name,
            rows=rows,
            begin=lambda _: (Counting(model), [watch]),
        )
