"""A mixture of Gaussians, as a rival of a Gaussian RBM with as many parameters."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from harmonium.baselines.densities import scored
from harmonium.baselines.reduction import components_of
from harmonium.bounds import Count
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["GaussianMixture"]


@dataclass(frozen=True)
class GaussianMixture:
    r"""Test log-likelihood of a mixture of Gaussians with diagonal covariances (scikit-learn).

    .. math:: p(x) = \sum_k \pi_k \prod_i N(x_i; \mu_{ki}, \sigma^2_{ki})

    The variances are at least ``learning.least_variance``. One component is the density of
    independent Gaussians.

    Args:
        components: number of Gaussians; null for as many as have the parameters of a Gaussian RBM
            with the model's hidden units.
    """

    needs: ClassVar[Needs] = Needs(data=("train", "test"))

    components: Count | None = None

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``log_likelihood`` in nats per test row."""
        rows, width = trial.data.train.flattened().x.shape
        h = components_of(trial)
        equal = round((h * width + 2 * width + h) / (2 * width + 1))
        k = min(rows, max(1, equal) if self.components is None else self.components)

        def fit(x: NDArray[Any], least: NDArray[Any]) -> Any:  # noqa: ANN401
            from sklearn.mixture import GaussianMixture

            model = GaussianMixture(k, covariance_type="diag", random_state=trial.seed % 2**32)
            model.fit(x)
            model.covariances_ = np.maximum(model.covariances_, least)
            model.precisions_cholesky_ = 1 / np.sqrt(model.covariances_)
            return model

        return {**scored(trial, fit), "settings": {"components": k}}
