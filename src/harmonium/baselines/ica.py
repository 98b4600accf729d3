"""Independent component analysis."""

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import NDArray

from harmonium.baselines.reduction import compared
from harmonium.bounds import Count
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["ICA", "fitted"]

_RANK = 1e-10
"""Share of the largest variance below which a principal component is noise of rounding."""


@dataclass(frozen=True)
class ICA:
    r"""Independent components: the first k principal components, rotated to be independent.

    .. math:: s = W V (x - m)

    where V holds the first k principal directions and W makes the components s as independent as
    it can (FastICA; Hyvärinen and Oja, 2000, https://doi.org/10.1016/S0893-6080(00)00026-5). W is
    invertible, so that rows come back with the error of PCA; signs and order of the components
    are arbitrary.

    Args:
        components: numbers that a row is reduced to; null for as many as the model's code has.
        max_iter: maximum number of iterations.
    """

    needs: ClassVar[Needs] = Needs(data=("train", "test"))

    components: Count | None = None
    max_iter: Count = 500

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Fits the reduction and returns its scores."""

        def fit(rows: NDArray[Any], k: int) -> Any:  # noqa: ANN401
            return fitted(rows, k, seed=trial.seed % 2**32, max_iter=self.max_iter)

        return compared(trial, fit, components=self.components)


def fitted(rows: NDArray[Any], k: int, *, seed: int, max_iter: int = 500) -> Any:  # noqa: ANN401
    """Fits PCA, then ICA of its scores, and returns both as a pipeline of scikit-learn.

    ICA of the rows themselves fails where values never change: it whitens directions of no
    variance.
    """
    from sklearn.decomposition import PCA, FastICA
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.pipeline import make_pipeline

    variances = PCA(k, random_state=seed).fit(rows).explained_variance_
    rank = max(1, int((variances > _RANK * variances[0]).sum()))
    first = PCA(rank, random_state=seed)
    second = FastICA(rank, whiten="unit-variance", max_iter=max_iter, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # max_iter is the user's choice
        return make_pipeline(first, second).fit(rows)
