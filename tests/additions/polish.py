"""A stage: steps of the gradient's sign, ever shorter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from harmonium.bounds import Count, Positive
from harmonium.describe.component import Component, Objective
from harmonium.needs import Needs
from harmonium.stages.part import Part

if TYPE_CHECKING:
    from harmonium.learning import Training
    from harmonium.models import Model
    from harmonium.stages.trial import Trial

__all__ = ["Polish"]


@dataclass(frozen=True)
class Polish:
    """A net learns from the labelled rows by the signs of its gradients.

    Args:
        epochs: passes over the labelled rows.
        rate: the first step.
        objective: what falls.
    """

    makes: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[Needs] = Needs(model=("net",), data=("labelled train",))

    epochs: Count
    rate: Positive = 0.01
    objective: Objective = Component("Objective", "cross_entropy")

    def outline(self, model: Model, name: str) -> list[tuple[str, Any]]:
        """One part."""
        return [(name, self)]

    def parts(self, trial: Trial, name: str) -> list[Part]:
        """One part."""
        return [Part(name, partial(self._training, trial, name))]

    def _training(self, trial: Trial, name: str) -> Training:
        import torch

        from harmonium.data import Batches
        from harmonium.describe import build
        from harmonium.learning import Descent, Training, linear_decay

        class Signed(torch.optim.SGD):
            def step(self, closure=None):
                for group in self.param_groups:
                    for p in group["params"]:
                        p.grad.sign_()
                return super().step(closure)

        model, rows = trial.able("net"), trial.labelled(trial.data.train)
        optimiser = Signed(model.net.parameters(), lr=self.rate)
        source = trial.source(name)
        batches = Batches({"x": rows.x, "y": rows.y}, size=20, source=source)
        decay = linear_decay(optimiser, self.epochs * len(batches))
        learner = Descent(model.net, optimiser, build(self.objective))
        return Training(learner, batches, self.epochs, [decay], source=source)
