"""Common part of estimators with a likelihood: log Z on demand, and the mean score."""

from abc import abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, DensityMixin, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.estimators.estimator import Trained
from harmonium.estimators.likelihood import partition
from harmonium.graph import EnergyGraph

__all__ = ["Density"]


class Density(ClassNamePrefixFeaturesOutMixin, TransformerMixin, DensityMixin, Trained):
    """An energy graph whose rows have a likelihood; ``fit`` sets ``_partition`` to None."""

    graph_: EnergyGraph
    _base: Tensor
    _seed: int
    _partition: tuple[float, float] | None

    @property
    def log_partition_(self) -> float:
        """log Z in nats, computed at first access: by enumeration if small, otherwise by AIS."""
        return self._log_partition()[0]

    @property
    def log_partition_stderr_(self) -> float:
        """Standard error of ``log_partition_`` in nats; zero where exact."""
        return self._log_partition()[1]

    @neutrally
    def _log_partition(self) -> tuple[float, float]:
        check_is_fitted(self)
        if self._partition is None:
            self._partition = partition(self.graph_, base=self._base, seed=self._seed)
        return self._partition

    @abstractmethod
    def score_samples(self, X: ArrayLike) -> NDArray[Any]:
        """Log-likelihood of every row, in nats, ``(n_samples,)``."""

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Mean log-likelihood per sample, in nats."""
        del y
        return float(np.mean(self.score_samples(X)))

    def __sklearn_tags__(self) -> Tags:
        """scikit-learn's tags: float32 and float64 are preserved."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
