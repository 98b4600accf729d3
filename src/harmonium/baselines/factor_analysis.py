"""Factor analysis, as a rival of a Gaussian RBM with as many hidden units."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from harmonium.baselines.densities import scored
from harmonium.baselines.reduction import components_of
from harmonium.bounds import Count
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["FactorAnalysis"]


@dataclass(frozen=True)
class FactorAnalysis:
    r"""Test log-likelihood of factor analysis by maximum likelihood (scikit-learn).

    .. math:: x = \mu + L z + \epsilon, \quad z \sim N(0, I_k), \quad \epsilon \sim N(0, \Psi)

    With k factors it has nearly as many parameters as a Gaussian RBM with k hidden units. The
    residual variances are raised to ``learning.least_variance`` after the fit.

    Args:
        components: number of factors k; null for as many as the model has hidden units.
    """

    needs: ClassVar[Needs] = Needs(data=("train", "test"))

    components: Count | None = None

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``log_likelihood`` in nats per test row."""
        k = components_of(trial) if self.components is None else self.components
        k = min(k, trial.data.train.flattened().x.shape[1])

        def fit(x: NDArray[Any], least: NDArray[Any]) -> Any:  # noqa: ANN401
            from sklearn.decomposition import FactorAnalysis

            model = FactorAnalysis(k, random_state=trial.seed % 2**32).fit(x)
            model.noise_variance_ = np.maximum(model.noise_variance_, least)
            return model

        return {**scored(trial, fit), "settings": {"components": k}}
