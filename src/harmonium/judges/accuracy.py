"""Accuracy: the fraction of test rows that a model classifies correctly."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Accuracy", "accuracy"]


@torch.no_grad()
def accuracy(trial: Trial, model: Any) -> dict[str, float | int]:  # noqa: ANN401
    """``accuracy`` and ``error``, fractions of the labelled test ``rows``; empty without any."""
    test = trial.labelled(trial.data.test)
    if test is None or test.labels is None:
        return {}
    decided = torch.cat([model.decide(batch) for batch in model.batches(test)])
    right = float(decided.eq(test.labels).double().mean())
    return {"accuracy": right, "error": 1 - right, "rows": len(test)}


@dataclass(frozen=True)
class Accuracy:
    """Fraction of test rows whose class the last model that decides finds."""

    needs: ClassVar[Needs] = Needs(model=("decides",), data=("labelled test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``accuracy``, ``error`` and the number of labelled test ``rows``."""
        return accuracy(trial, trial.able("decides"))
