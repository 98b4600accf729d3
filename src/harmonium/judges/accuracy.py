"""Accuracy: the share of test rows whose class a model finds."""

from dataclasses import dataclass
from typing import Any, ClassVar

from harmonium.models import Classifies
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Accuracy", "accuracy"]


def accuracy(trial: Trial, model: Classifies) -> dict[str, float | int]:
    """``accuracy`` and ``error``, shares of the labelled test ``rows``; empty without any."""
    test = trial.labelled(trial.data.test)
    if test is None or test.labels is None:
        return {}
    right = float(trial.log_probs(model, test).argmax(1).eq(test.labels).double().mean())
    return {"accuracy": right, "error": 1 - right, "rows": len(test)}


@dataclass(frozen=True)
class Accuracy:
    """Share of test rows whose class the last model that classifies finds."""

    needs: ClassVar[Needs] = Needs(model=("classifies",), data=("labelled test",))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``accuracy``, ``error`` and the number of ``rows`` they rest on."""
        return accuracy(trial, trial.able("classifies"))
