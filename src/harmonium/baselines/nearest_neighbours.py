"""Nearest neighbours of raw rows, or of their principal components."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.bounds import Count
from harmonium.learning.neighbours import Metric, neighbour_error
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["NearestNeighbours"]


@dataclass(frozen=True)
class NearestNeighbours:
    """The error of k nearest neighbours on the rows themselves, without a model.

    A test row gets the class that most of its k nearest labelled training rows have. (Cover and
    Hart, 1967, https://doi.org/10.1109/TIT.1967.1053964.)

    Args:
        k: number of neighbours.
        components: principal components of the training rows by which rows are compared; null for
            the raw values.
        metric: the Euclidean distance, or 1 minus the cosine.
    """

    needs: ClassVar[Needs] = Needs(data=("labelled train", "labelled test"))

    k: Count = 5
    components: Count | None = None
    metric: Metric = "euclid"

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``knn_error``, the number of ``neighbours`` and of labelled test ``rows``."""
        from sklearn.decomposition import PCA

        train, test = trial.labelled(trial.data.train), trial.labelled(trial.data.test)
        assert train is not None
        assert train.labels is not None
        assert test is not None
        assert test.labels is not None
        x, of_test = (rows.flattened().x[:] for rows in (train, test))
        if self.components is not None:
            every = trial.data.train.flattened().x[:].double().cpu().numpy()
            k = min(self.components, *every.shape)
            reduction = PCA(k, svd_solver="covariance_eigh").fit(every)
            x, of_test = (
                torch.from_numpy(reduction.transform(rows.double().cpu().numpy())).to(rows.device)
                for rows in (x, of_test)
            )
        known, asked = (x, train.labels), (of_test, test.labels)
        error = neighbour_error(known, asked, k=self.k, metric=self.metric)
        settings = {"k": self.k, "components": self.components, "metric": self.metric}
        figures = {"knn_error": error, "neighbours": min(self.k, len(train)), "rows": len(test)}
        return {**figures, "settings": settings}
