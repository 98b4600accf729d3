"""Look-up by the pixels themselves, or by their principal components."""

from dataclasses import dataclass
from typing import Any, ClassVar

import torch

from harmonium.bounds import Count
from harmonium.judges.look_up import looked_up
from harmonium.learning.neighbours import Metric
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["Eigenfaces"]


@dataclass(frozen=True)
class Eigenfaces:
    """Rows are looked up by their principal components, which know of no labels.

    The components are those of the training rows (Turk and Pentland, 1991,
    https://doi.org/10.1162/jocn.1991.3.1.71); the figures are those of the judge ``look_up``.

    Args:
        components: number of principal components; null for the values of a row themselves.
        metric: distance of rows.
    """

    needs: ClassVar[Needs] = Needs(data=("train", "labelled test"))

    components: Count | None = 50
    metric: Metric = "cosine"

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``look_up_top_1`` and ``look_up_top_5`` of test rows, with standard errors."""
        from sklearn.decomposition import PCA

        test = trial.labelled(trial.data.test)
        assert test is not None
        assert test.labels is not None
        x = test.flattened().x[:].cpu()
        if self.components is not None:
            train = trial.data.train.flattened().x[:].cpu().double().numpy()
            k = min(self.components, *train.shape)
            reduction = PCA(k, svd_solver="full").fit(train)
            x = torch.from_numpy(reduction.transform(x.double().numpy()))
        settings = {"components": self.components, "metric": self.metric}
        figures = looked_up(x, test.labels.cpu(), metric=self.metric)
        return {**figures, "settings": settings}
