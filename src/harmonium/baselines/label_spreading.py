"""Label spreading over a graph of nearest neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from harmonium.baselines.tuning import arrays, folds_of, scored
from harmonium.bounds import Count
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["LabelSpreading"]


@dataclass(frozen=True)
class LabelSpreading:
    """Labels spread over a graph of nearest neighbours, with unlabelled rows included.

    Args:
        neighbours: numbers of neighbours to choose from.
    """

    needs: ClassVar[Needs] = Needs(data=("labelled train", "labelled test"))

    neighbours: Sequence[Count] = (5, 7, 10)

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Tunes and fits the model and returns its scores."""
        from sklearn.semi_supervised import LabelSpreading as Model

        x, y, test, truth = arrays(trial)
        labels = np.full(len(trial.data.train), -1)
        seen = trial.data.train.labels
        labels = seen.cpu().numpy().copy() if seen is not None else labels
        rows = trial.data.train.x[:].cpu().numpy()
        known = np.flatnonzero(labels >= 0)

        def fitted(kept: NDArray[Any], k: int) -> Any:  # noqa: ANN401
            given = np.full_like(labels, -1)
            given[known[kept]] = labels[known[kept]]
            return Model(kernel="knn", n_neighbors=k).fit(rows, given)

        def score(k: int) -> float:
            folds = folds_of(y, trial.seed)
            correct = [fitted(a, k).transduction_[known[b]] == y[b] for a, b in folds]
            return float(np.mean(np.concatenate(correct)))

        several = len(self.neighbours) > 1
        k = max(self.neighbours, key=score) if several else self.neighbours[0]
        with np.errstate(invalid="ignore"):  # unreached rows get the first class
            predicted = fitted(np.arange(len(y)), k).predict(test)
        return scored(predicted == truth, {"neighbours": k})
