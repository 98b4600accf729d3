"""Ridge: the readout of a net with fixed features, solved in one step."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import NonNegative
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.stages.trial import Trial

__all__ = ["Ridge"]


@dataclass(frozen=True)
class Ridge(Single):
    """Solves for the linear layer above fixed features, by ridge regression on all known rows.

    Args:
        strength: of the penalty on the squared weights; 0 for least squares.
    """

    needs: ClassVar[Needs] = Needs(model=("net",), data=("known train",))
    epochs: ClassVar[int] = 1
    batch_size: ClassVar[int] = 10**12

    strength: NonNegative = 1.0

    def training(self, trial: Trial, name: str) -> Training:
        """Makes the training of a single update.

        Raises:
            ValueError: the net has no fixed features, or sizes differ.
        """
        from harmonium import learning
        from harmonium.stages.nets import known_rows
        from harmonium.stages.training import training_of
        from harmonium.watch import WeightsWatch

        model = trial.able("net")
        if not hasattr(model.net, "features") or not hasattr(model.net, "prepare"):
            raise UsageError(
                f"{name}: ridge regression solves for the readout of fixed features, which the "
                "model has not: take extreme_learning, radial_basis, reservoir or "
                "neocognitron, or train with supervised"
            )
        known = known_rows(trial, model, name=name)
        model.take_units(known.columns)
        rows = model.reads(known)
        batch = rows.batch(slice(None))
        model.check(batch)
        model.net.prepare(batch["x"], trial.source(f"{name}, features"))
        learner = learning.Ridge(model.net, strength=self.strength)
        return training_of(
            trial,
            SimpleNamespace(epochs=1, batch_size=len(rows), schedules=()),
            name=name,
            rows=rows,
            begin=lambda _: (learner, [WeightsWatch(model.net, None)]),
        )
