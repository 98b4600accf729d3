"""A support vector machine."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from harmonium.baselines.tuning import tuned
from harmonium.bounds import Positive
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["SVC"]


@dataclass(frozen=True)
class SVC:
    """A support vector machine with a Gaussian kernel.

    Args:
        C: inverse strengths of the penalty to choose from.
        gamma: widths of the kernel to choose from; "scale" is 1 / (features x variance).
    """

    needs: ClassVar[Needs] = Needs(data=("labelled train", "labelled test"))

    C: Sequence[Positive] = (1.0, 10.0)
    gamma: Sequence[Positive | Literal["scale"]] = (0.02, 0.05, 0.1, "scale")

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Tunes and fits the model and returns its scores."""
        from sklearn.svm import SVC as Model

        return tuned(trial, Model(), grid={"C": list(self.C), "gamma": list(self.gamma)})
