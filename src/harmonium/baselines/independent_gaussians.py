"""Independent Gaussians: a machine with Gaussian visible units, without hidden units."""

from dataclasses import dataclass
from typing import Any, ClassVar

from harmonium.baselines.gaussian_mixture import GaussianMixture
from harmonium.needs import Needs
from harmonium.stages.trial import Trial

__all__ = ["IndependentGaussians"]


@dataclass(frozen=True)
class IndependentGaussians:
    """Test log-likelihood of one Gaussian for each column, with the column's mean and variance.

    The variances are at least ``learning.least_variance``.
    """

    needs: ClassVar[Needs] = Needs(data=("train", "test"))

    def __call__(self, trial: Trial) -> dict[str, Any]:
        """``log_likelihood`` in nats per test row."""
        found = GaussianMixture(components=1)(trial)
        return {name: x for name, x in found.items() if name != "settings"}
