"""Logistic regression on the input rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harmonium.baselines.tuning import tuned
from harmonium.bounds import Count, Positive
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["LogisticRegression"]


@dataclass(frozen=True)
class LogisticRegression:
    """Logistic regression on the input rows.

    Args:
        C: inverse strengths of the penalty to choose from.
        max_iter: maximum number of iterations of the solver.
    """

    needs: ClassVar[Needs] = Needs(data=("labelled train", "labelled test"))

    C: Sequence[Positive] = (0.1, 1.0, 10.0)
    max_iter: Count = 3000

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Tunes and fits the model and returns its scores."""
        from sklearn.linear_model import LogisticRegression as Model

        return tuned(trial, Model(max_iter=self.max_iter), grid={"C": list(self.C)})
