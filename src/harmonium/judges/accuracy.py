"""Accuracy: the fraction of test rows that a model classifies correctly."""

from dataclasses import dataclass
from typing import Any, ClassVar

from harmonium.models import Decides
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Accuracy", "accuracy"]


def accuracy(trial: Trial, model: Decides) -> dict[str, float | int]:
    """``accuracy`` and ``error``, fractions of the labelled test ``rows``; empty without any."""
    test = trial.labelled(trial.data.test)
    if test is None or test.labels is None:
        return {}
    right = float(trial.decisions(model, test).eq(test.labels).double().mean())
    return {"accuracy": right, "error": 1 - right, "rows": len(test)}


@dataclass(frozen=True)
class Accuracy:
    """Fraction of test rows whose class the last model that decides finds."""

    needs: ClassVar[Needs] = Needs(model=("decides",), data=("labelled test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``accuracy``, ``error`` and the number of labelled test ``rows``."""
        return accuracy(trial, trial.able("decides"))
