"""Singular value decomposition of rows that are not centred."""

from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import NDArray

from harmonium.baselines.reduction import compared
from harmonium.bounds import Count
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["SVD"]


@dataclass(frozen=True)
class SVD:
    r"""The k directions through zero that keep most of the rows' squares.

    .. math:: \hat x = V^T V x

    where the rows of V are the first k right singular vectors of the training rows. It is PCA
    without the mean, which takes up the first direction, and is usual for counts of words
    (latent semantic analysis; Deerwester et al., 1990). (Eckart and Young, 1936,
    https://doi.org/10.1007/BF02288367.)

    Args:
        components: numbers that a row is reduced to; null for as many as the model's code has.
    """

    needs: ClassVar[Needs] = Needs(data=("train", "test"))

    components: Count | None = None

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Fits the reduction and returns its scores."""
        from sklearn.decomposition import TruncatedSVD

        def fit(rows: NDArray[Any], k: int) -> Any:  # noqa: ANN401
            exact = k < min(rows.shape)
            solver = "arpack" if exact else "randomized"  # arpack finds all but the last
            return TruncatedSVD(k, algorithm=solver, random_state=trial.seed % 2**32).fit(rows)

        return compared(trial, fit, components=self.components)
