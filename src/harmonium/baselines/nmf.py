"""Non-negative matrix factorisation."""

import warnings
from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import NDArray

from harmonium.baselines.reduction import compared
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["NMF", "fitted"]


@dataclass(frozen=True)
class NMF:
    r"""Non-negative factors: a row as a sum of k parts, none of which is subtracted.

    .. math:: \hat x = \sum_{j=1}^{k} c_j w_j, \qquad c_j \ge 0, \; w_j \ge 0

    for rows without negative values (Lee and Seung, 1999, https://doi.org/10.1038/44565). Its
    squared error is at least that of the best linear code without a mean, truncated SVD.

    Args:
        components: numbers that a row is reduced to; null for as many as the model's code has.
        max_iter: maximum number of iterations.
    """

    needs: ClassVar[Needs] = Needs(data=("train", "test"))

    components: Count | None = None
    max_iter: Count = 500

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Fits the reduction and returns its scores.

        Raises:
            ValueError: a value of a row is negative.
        """

        def fit(rows: NDArray[Any], k: int) -> Any:  # noqa: ANN401
            return fitted(rows, k, seed=trial.seed % 2**32, max_iter=self.max_iter)

        return compared(trial, fit, components=self.components)


def fitted(rows: NDArray[Any], k: int, *, seed: int, max_iter: int = 500) -> Any:  # noqa: ANN401
    """Fits the factors to rows ``(N, D)``; an object of scikit-learn.

    Raises:
        ValueError: a value of a row is negative.
    """
    from sklearn.decomposition import NMF as Model
    from sklearn.exceptions import ConvergenceWarning

    if (low := float(rows.min())) < 0:
        raise UsageError(
            f"nmf: a value of a training row is {low:.4g}, and sums of parts are not negative: "
            "leave nmf out, or scale the rows to values of at least 0"
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return Model(k, init="nndsvda", max_iter=max_iter, random_state=seed).fit(rows)
