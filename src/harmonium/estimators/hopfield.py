"""Associative memories as scikit-learn estimators: fit stores patterns, predict recalls them."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import OneToOneFeatureMixin, TransformerMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.errors import UsageError
from harmonium.estimators.estimator import Estimator
from harmonium.estimators.frames import FLOATS, new_rows, validate_data
from harmonium.graph import Graph, State
from harmonium.learning import hebb
from harmonium.machines import hopfield, modern_hopfield
from harmonium.sampling import Recall, complete, mean, recall, swept

__all__ = ["HopfieldMemory", "ModernHopfieldMemory"]


class _Memory(OneToOneFeatureMixin, TransformerMixin, Estimator):
    """Stores patterns in ``fit``; ``predict`` and ``transform`` recall them."""

    patterns_: NDArray[Any]

    @abstractmethod
    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Recalls a pattern from every row, ``(n_samples, n_features)``."""

    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Recalls a pattern from every row, as ``predict`` does."""
        return self.predict(X)

    def __sklearn_tags__(self) -> Tags:
        """scikit-learn's tags: float32 and float64 are preserved."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


class HopfieldMemory(_Memory):
    r"""A Hopfield net: recall takes damaged binary patterns to the nearest stored ones.

    .. math:: E(x) = -\sum_{i>j} J_{ij} x_i x_j, \qquad x_i \leftarrow \mathrm{sign}(J x)_i

    Patterns are rows of -1 and +1, or of 0 and 1; results use the same values. With Hebb's
    rule, N features hold .138 N random patterns. Correlated patterns (letters, digits) need
    ``pseudo_inverse``, which stores linearly independent ones, nearly N if they are random. It
    cannot restore a value that no other value determines, such as the only one in which two
    patterns differ.

    Args:
        storage: function from patterns ``(P, N)`` of -1 and +1 to symmetric weights ``(N, N)``:
            ``hebb``, ``storkey`` or ``pseudo_inverse`` of ``harmonium.learning``, or your own.
        recall: how a state is updated: ``recall`` of ``harmonium.sampling``, unit by unit, which
            never raises the energy, or ``recall_at_once``, all units together, which may end in a
            cycle of two states.
        threshold: if given, values above it become 1 and others 0, in ``fit`` and all methods.

    Attributes:
        graph_: the net, an ``EnergyGraph`` with one group of spins, "x".
        patterns_: the stored patterns, ``(P, n_features)``.

    >>> import numpy as np
    >>> stored = np.array([[1, 1, 1, 0, 0, 0], [1, 0, 1, 0, 1, 0]])
    >>> HopfieldMemory().fit(stored).predict([[1, 1, 1, 1, 0, 0]])
    array([[1., 1., 1., 0., 0., 0.]])
    """

    _parameter_constraints: dict[str, list[Any] | str] = {
        "storage": [callable],
        "recall": [callable],
        "threshold": [Interval(Real, None, None, closed="neither"), None],
    }

    def __init__(
        self,
        *,
        storage: Callable[[Tensor], Tensor] = hebb,
        recall: Callable[[Graph, State], Recall] = recall,
        threshold: float | None = None,
    ) -> None:
        self.storage = storage
        self.recall = recall
        self.threshold = threshold

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Stores every row as a pattern; earlier patterns are discarded.

        Args:
            X: ``(n_patterns, n_features)``.
            y: ignored.

        Raises:
            ValueError: values are not binary; the message gives the remedy.
        """
        del y
        rows: NDArray[Any] = validate_data(self, X, dtype=FLOATS, copy=True)
        self._low = -1.0 if self.threshold is None and (rows == -1).any() else 0.0
        x = self._spins(rows)
        self.patterns_ = self._answer(x)
        self.graph_ = hopfield(x.shape[1], weights=self.storage(x))
        return self

    @neutrally
    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Recalls a pattern from every row, ``(n_samples, n_features)``."""
        return self._answer(self._recall(X).state["x"])

    @neutrally
    @torch.no_grad()
    def energy(self, X: ArrayLike) -> NDArray[Any]:
        """Energy E of every row before recall, in nats, ``(n_samples,)``; memories are minima."""
        x = self._given(X)
        return self.graph_.energy({"x": x}).numpy()

    @neutrally
    def score(self, X: ArrayLike, y: object = None, *, patterns: ArrayLike | None = None) -> float:
        """Mean overlap of recalled and intended patterns: 1 if every bit is right.

        Args:
            X: initial rows, ``(n_samples, n_features)``.
            y: ignored.
            patterns: the intended patterns, one for each row of X; X itself by default, which
                measures how stable stored patterns are.

        Raises:
            ValueError: X and patterns differ in the number of rows.
        """
        del y
        recalled = self._recall(X).state["x"]
        return _overlap(recalled, self._given(X if patterns is None else patterns))

    def _recall(self, X: ArrayLike) -> Recall:
        start = {"x": self._given(X)}
        return self.recall(self.graph_, start)

    def _given(self, X: ArrayLike) -> Tensor:
        check_is_fitted(self)
        return self._spins(new_rows(self, X, dtype=self.patterns_.dtype).numpy())

    def _spins(self, rows: NDArray[Any]) -> Tensor:
        if self.threshold is not None:
            rows = (rows > self.threshold).astype(rows.dtype)
        wrong = rows[(rows != self._low) & (rows != 1)]
        if wrong.size:
            raise UsageError(
                f"{wrong.size} of {rows.size} values are neither {self._low:g} nor 1 (such as "
                f"{wrong[0]:.4g}); a Hopfield net stores binary patterns, -1 and 1 or 0 and 1, in "
                "fit and after the same: give a threshold, or use ModernHopfieldMemory"
            )
        return torch.from_numpy(np.where(rows == 1, 1, -1).astype(rows.dtype))

    def _answer(self, x: Tensor) -> NDArray[Any]:
        return np.where(x.numpy() > 0, 1, self._low).astype(x.numpy().dtype)


@dataclass(eq=False, repr=False)
class ModernHopfieldMemory(_Memory):
    r"""The modern Hopfield net: many more real patterns than features, recalled in 1 or 2 steps.

    .. math:: F(x) = \tfrac\beta2 |x|^2 - \log \sum_\mu e^{\beta\, \xi_\mu \cdot x}, \qquad
              x \leftarrow \sum_\mu \xi_\mu\, \mathrm{softmax}_\mu(\beta\, \xi_\mu \cdot x)

    (Ramsauer et al., 2021, https://arxiv.org/abs/2008.02217; constants are left out of F.) The
    dot product favours long patterns: give rows of about equal length.

    Args:
        beta: inverse temperature. Patterns are separated if beta times the difference of their
            dot products with the query is well above 1; if it is far below, they are averaged.
        tolerance: recall stops when no value changes by more than this in a step.
        max_steps: maximum number of steps.

    Attributes:
        graph_: the net, an ``EnergyGraph``: real units "v", and "h" with one state per pattern.
        patterns_: the stored patterns, ``(P, n_features)``.

    >>> import numpy as np
    >>> stored = np.array([[2.0, 0.0], [0.0, 2.0], [-2.0, 0.0]])
    >>> ModernHopfieldMemory(beta=4.0).fit(stored).predict([[1.0, 0.4]]).round(3)
    array([[2., 0.]])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "beta": [Interval(Real, 0, None, closed="neither")],
        "tolerance": [Interval(Real, 0, None, closed="left")],
        "max_steps": [Interval(Integral, 1, None, closed="left")],
    }

    _: KW_ONLY
    beta: float = 1.0
    tolerance: float = 1e-6
    max_steps: int = 100

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Stores every row, ``(n_patterns, n_features)``, as a pattern; y is ignored."""
        del y
        self.patterns_ = validate_data(self, X, dtype=FLOATS, copy=True)
        self.graph_ = modern_hopfield(torch.from_numpy(self.patterns_), beta=self.beta)
        return self

    @neutrally
    @torch.no_grad()
    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Recalls a pattern from every row, ``(n_samples, n_features)``."""
        v = self._given(X)
        state = complete(self.graph_, {"v": v}, rule=mean)
        for _ in range(self.max_steps):
            before = state["v"]
            state, _ = swept(self.graph_, state, rule=mean)
            if float((state["v"] - before).abs().max()) <= self.tolerance:
                break
        return state["v"].numpy()

    @neutrally
    @torch.no_grad()
    def energy(self, X: ArrayLike) -> NDArray[Any]:
        """Energy F of every row, in nats, ``(n_samples,)``; a recall step never raises it."""
        v = self._given(X)
        return self.graph_.free_energy({"v": v}, ("h",)).numpy()

    @neutrally
    def score(self, X: ArrayLike, y: object = None, *, patterns: ArrayLike | None = None) -> float:
        """Mean cosine between recalled and intended patterns (X itself by default).

        Raises:
            ValueError: X and patterns differ in the number of rows.
        """
        del y
        meant = self._given(X if patterns is None else patterns)
        return _overlap(torch.from_numpy(self.predict(X)), meant)

    def _given(self, X: ArrayLike) -> Tensor:
        check_is_fitted(self)
        return new_rows(self, X, dtype=self.patterns_.dtype)


def _overlap(recalled: Tensor, meant: Tensor) -> float:
    """Mean cosine between rows; for spins, the mean of their products."""
    if recalled.shape != meant.shape:
        raise UsageError(f"{len(meant)} patterns for {len(recalled)} rows: give one for each")
    return float(torch.cosine_similarity(recalled.double(), meant.double(), dim=1).mean())
