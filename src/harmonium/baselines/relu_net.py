"""A net of rectified units."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from harmonium.baselines.tuning import tuned
from harmonium.bounds import Count, NonNegative
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["ReluNet"]


@dataclass(frozen=True)
class ReluNet:
    """A net of rectified units from random weights, trained by Adam.

    Args:
        sizes: hidden layer sizes to choose from.
        alpha: weight decays to choose from.
        max_iter: maximum number of epochs.
        batch_size: rows per update.
    """

    needs: ClassVar[Needs] = Needs(data=("labelled train", "labelled test"))

    sizes: Sequence[Sequence[Count]] = ((100,), (200, 200))
    alpha: Sequence[NonNegative] = (1e-3, 1.0)
    max_iter: Count = 300
    batch_size: Count = 25

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Tunes and fits the model and returns its scores."""
        from sklearn.neural_network import MLPClassifier

        model = MLPClassifier(
            max_iter=self.max_iter, batch_size=self.batch_size, random_state=trial.seed
        )
        sizes = [tuple(s) for s in self.sizes]
        grid: dict[str, list[Any]] = {"hidden_layer_sizes": sizes, "alpha": list(self.alpha)}
        return tuned(trial, model, grid=grid)
