"""A stage: steps of the gradient's sign, ever shorter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from harmonium.bounds import Count, Positive
from harmonium.describe.component import Component, Objective
from harmonium.needs import Needs
from harmonium.stages.part import Single

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.stages.trial import Trial

__all__ = ["Polish"]


@dataclass(frozen=True)
class Polish(Single):
    """A net learns from the labelled rows by the signs of its gradients.

    Args:
        epochs: passes over the labelled rows.
        rate: the first step.
        objective: what falls.
    """

    needs: ClassVar[Needs] = Needs(model=("net",), data=("labelled train",))

    epochs: Count
    rate: Positive = 0.01
    objective: Objective = Component("Objective", "cross_entropy")

    def training(self, trial: Trial, name: str) -> Training:
        """The training of the last net."""
        import torch

        from harmonium.data import Batches
        from harmonium.describe import build
        from harmonium.learning import Descent, Training, linear_decay

        class Signed(torch.optim.SGD):
            def step(self, closure=None):
                for group in self.param_groups:
                    for p in group["params"]:
                        if p.grad is not None:
                            p.grad.sign_()
                return super().step(closure)

        model, rows = trial.able("net"), trial.labelled(trial.data.train)
        optimiser = Signed(model.net.parameters(), lr=self.rate)
        source = trial.source(name)
        batches = Batches(model.reads(rows), size=20, source=source)
        decay = linear_decay(optimiser, self.epochs * len(batches))
        learner = Descent(model.net, optimiser, build(self.objective))
        return Training(learner, batches, self.epochs, [decay], source=source)
