"""Calibration of the intervals of a forecast on the validation rows."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.stages.trial import Trial

__all__ = ["ConformalStage"]


@dataclass(frozen=True)
class ConformalStage(Single):
    """Widens or narrows the intervals of a forecast so that they hold the validation rows.

    It follows the stage in which the net learns. See `learning.Conformal`.
    """

    needs: ClassVar[Needs] = Needs(model=("intervals",), data=("targets train",))
    epochs: ClassVar[int] = 1
    batch_size: ClassVar[int] = 10**12

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of a single update.

        Raises:
            ValueError: there are no validation rows.
        """
        from harmonium.learning.conformal import Conformal
        from harmonium.stages.training import training_of

        model, held = trial.able(*self.needs.model), trial.data.validation
        if held is None or not len(held):
            raise UsageError(
                f"{name}: intervals are calibrated on validation rows, and {trial.data.name} has "
                "none: set `validation` of the source to a share"
            )
        learner = Conformal(model.net)
        return training_of(
            trial,
            SimpleNamespace(epochs=1, batch_size=len(held), schedules=()),
            name=name,
            rows=model.reads(held),
            begin=lambda _: (learner, []),
        )
