"""Nearest neighbours: how well the codes of a model separate classes."""

from dataclasses import dataclass
from typing import Any, ClassVar

from harmonium.bounds import Count
from harmonium.learning.neighbours import Metric, neighbour_error
from harmonium.models.encoder import codes_of
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Neighbours"]


@dataclass(frozen=True)
class Neighbours:
    """The error of k nearest neighbours on the codes of the last model that encodes.

    A test row gets the class that most of its k nearest training rows have, by their codes; of
    several classes, the first. Only labelled training rows are neighbours.

    Args:
        k: number of neighbours.
        metric: the Euclidean distance, or 1 minus the cosine.
    """

    needs: ClassVar[Needs] = Needs(model=("encodes",), data=("labelled train", "labelled test"))

    k: Count = 5
    metric: Metric = "euclid"

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``knn_error``, the number of ``neighbours`` and of labelled test ``rows``."""
        model = trial.able("encodes")
        train, test = trial.labelled(trial.data.train), trial.labelled(trial.data.test)
        assert train is not None
        assert train.labels is not None
        assert test is not None
        assert test.labels is not None
        known, asked = (
            (codes_of(model, train), train.labels),
            (codes_of(model, test), test.labels),
        )
        error = neighbour_error(known, asked, k=self.k, metric=self.metric)
        return {"knn_error": error, "neighbours": min(self.k, len(train)), "rows": len(test)}
