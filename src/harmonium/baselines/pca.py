"""Principal component analysis."""

from dataclasses import dataclass
from typing import Any, ClassVar

from numpy.typing import NDArray

from harmonium.baselines.reduction import compared
from harmonium.bounds import Count
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["PCA"]


@dataclass(frozen=True)
class PCA:
    r"""Principal components: the k orthogonal directions of largest variance.

    .. math:: \hat x = m + V^T V (x - m)

    where m is the mean of the training rows and the rows of V are their first k principal
    directions. No other linear code of k numbers gives training rows back with a smaller squared
    error. (Pearson, 1901, https://doi.org/10.1080/14786440109462720.)

    Args:
        components: numbers that a row is reduced to; null for as many as the model's code has.
    """

    needs: ClassVar[Needs] = Needs(data=("train", "test"))

    components: Count | None = None

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """Fits the reduction and returns its scores."""
        from sklearn.decomposition import PCA as Model

        def fit(rows: NDArray[Any], k: int) -> Any:  # noqa: ANN401
            return Model(k, random_state=trial.seed % 2**32).fit(rows)

        return compared(trial, fit, components=self.components)
