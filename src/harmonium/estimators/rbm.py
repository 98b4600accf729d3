"""The restricted Boltzmann machine as a scikit-learn estimator."""

import copy
from numbers import Integral, Real
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    DensityMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils import Tags, check_random_state
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data
from torch import Tensor

from harmonium.data import Batches
from harmonium.estimators.conditioned import begun, conditioned, free, seed_of
from harmonium.estimators.families import check_finite, check_spread, check_values, choose
from harmonium.estimators.likelihood import held_out_likelihood, partition
from harmonium.learning import (
    L2,
    PCD,
    Contrast,
    Learner,
    fit,
    hidden_means,
    linear_decay,
    start_from,
)
from harmonium.machines import rbm
from harmonium.random import generator, seeded
from harmonium.units import Units

__all__ = ["RBM"]


class RBM(ClassNamePrefixFeaturesOutMixin, TransformerMixin, DensityMixin, BaseEstimator):
    """A restricted Boltzmann machine that fits, transforms, scores, samples and imputes.

    Args:
        n_components: number of hidden units.
        visible: "auto" (Bernoulli if all data lie in [0, 1], else Gaussian), "bernoulli",
            "gaussian", "spin", "rectified", or units of your own.
        hidden: a family likewise, without "auto".
        learning_rate: of SGD, at the start; it falls to zero over ``fit``.
        n_epochs: passes over the data.
        batch_size: rows per update; any last batch is fine.
        contrast: where the model's statistics come from; ``PCD()`` by default.
        weight_decay: strength of the L2 penalty.
        early_stopping: hold out a part of the data and keep the parameters under which its
            log-likelihood was best.
        validation_fraction: the part held out.
        patience: epochs without improvement before stopping.
        random_state: seed; every run with the same one is the same.

    Attributes:
        graph_: the trained machine, an ``EnergyGraph`` with groups "v" and "h".
        components_: its weights, ``(n_components, n_features)``.
        n_epochs_: epochs done.
        log_partition_: log Z in nats, computed when first asked for: by enumeration where small,
            else by annealed importance sampling.
        log_partition_stderr_: its standard error; zero where exact.

    >>> import numpy as np
    >>> X = np.eye(4)[np.arange(200) % 4]
    >>> RBM(8, random_state=0).fit(X).transform(X).shape
    (200, 8)
    """

    _parameter_constraints: dict[str, list[Any] | str] = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "visible": [str, Units],
        "hidden": [str, Units],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "contrast": [HasMethods("__call__"), None],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(  # noqa: PLR0913
        self,
        n_components: int = 256,
        *,
        visible: str | Units = "auto",
        hidden: str | Units = "bernoulli",
        learning_rate: float = 0.05,
        n_epochs: int = 100,
        batch_size: int = 50,
        contrast: Contrast | None = None,
        weight_decay: float = 0.0,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        patience: int = 5,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.n_components = n_components
        self.visible = visible
        self.hidden = hidden
        self.learning_rate = learning_rate
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.contrast = contrast
        self.weight_decay = weight_decay
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.random_state = random_state

    # --- fitting -----------------------------------------------------------------------------

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: ArrayLike, y: object = None, *, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Fits from scratch.

        Args:
            X: ``(n_samples, n_features)``.
            y: ignored.
            sample_weight: importance of each row; those of zero weight are left out.

        Raises:
            ValueError: NaN, infinite or out-of-range values; the message has the remedy.
        """
        del y
        x, weights = self._checked(X, sample_weight, reset=True)
        kept, held = self._split(x, weights)
        learner = self._begin(x[kept], weights[kept])
        batches = self._batches(x[kept], weights[kept])
        schedule = linear_decay(learner.optimiser, self.n_epochs * len(batches))
        stop = _Best(self, x[held], weights=weights[held]) if self.early_stopping else None
        self.n_epochs_ = fit(
            lambda batch: learner.step({"v": batch[0]}, weights=batch[1]),
            batches,
            epochs=self.n_epochs,
            schedules=[schedule],
            observe=stop,
        )
        if stop is not None:
            stop.restore()
        return self._finish()

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: ArrayLike, y: object = None, *, sample_weight: ArrayLike | None = None
    ) -> Self:
        """One more pass, over this data, at the constant learning rate; chains go on."""
        del y
        first = not hasattr(self, "graph_")
        x, weights = self._checked(X, sample_weight, reset=first)
        learner = self._begin(x, weights) if first else self._learner
        self.graph_.units["v"].check(self._shaped(x))
        for group in learner.optimiser.param_groups:
            group["lr"] = self.learning_rate  # ``fit`` let it fall to zero
        batches = self._batches(x, weights)
        fit(lambda batch: learner.step({"v": batch[0]}, weights=batch[1]), batches, epochs=1)
        self.n_epochs_ = getattr(self, "n_epochs_", 0) + 1
        return self._finish()

    def _checked(
        self, X: ArrayLike, sample_weight: ArrayLike | None, *, reset: bool
    ) -> tuple[Tensor, Tensor]:
        dtype = [np.float64, np.float32] if reset else self.components_.dtype
        rows: NDArray[Any] = validate_data(self, X, dtype=dtype, reset=reset, copy=True)
        weights = _check_sample_weight(
            sample_weight, rows, dtype=rows.dtype, ensure_non_negative=True
        )
        if not weights.any():
            raise ValueError("all sample weights are zero")
        used = weights > 0
        return torch.from_numpy(rows[used]), torch.from_numpy(weights[used])

    def _split(self, x: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        self._seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        self._source = generator(self._seed)
        order = torch.randperm(len(x), generator=self._source)
        n = max(1, round(self.validation_fraction * len(x))) if self.early_stopping else 0
        if n == len(x):
            raise ValueError("early stopping needs at least two samples; set early_stopping=False")
        return order[n:], order[:n]

    def _begin(self, x: Tensor, weights: Tensor) -> Learner:
        if not hasattr(self, "_source") or not hasattr(self, "_seed"):
            self._split(x, weights)
        with seeded(self._seed):
            graph = rbm(
                choose(self.visible, x.shape[1], example=x),
                choose(self.hidden, self.n_components),
            ).to(x.dtype)
        check_values(graph.units["v"], x)
        self.graph_ = graph
        check_spread(graph.units["v"], x)
        start_from(graph, {"v": self._shaped(x)}, weights=weights)
        self._base = torch.tensordot(weights / weights.sum(), x, 1)
        self._learner = Learner(
            graph,
            torch.optim.SGD(graph.parameters(), lr=self.learning_rate),
            contrast=self.contrast or PCD(),
            penalties=[L2(self.weight_decay)] if self.weight_decay else [],
            source=self._source,
        )
        return self._learner

    def _batches(self, x: Tensor, weights: Tensor) -> Batches[tuple[Tensor, ...]]:
        return Batches((self._shaped(x), weights), size=self.batch_size, source=self._source)

    def _finish(self) -> Self:
        check_finite(self.graph_)
        self.components_ = self._weight().detach().numpy().copy()
        self._partition: tuple[float, float] | None = None
        return self

    # --- judging -----------------------------------------------------------------------------

    @property
    def log_partition_(self) -> float:
        """log Z in nats."""
        return self._log_partition()[0]

    @property
    def log_partition_stderr_(self) -> float:
        """Standard error of ``log_partition_`` in nats; zero where exact."""
        return self._log_partition()[1]

    def _log_partition(self) -> tuple[float, float]:
        check_is_fitted(self)
        if self._partition is None:
            self._partition = partition(self.graph_, base=self._base, seed=self._seed)
        return self._partition

    def score_samples(self, X: ArrayLike) -> NDArray[Any]:
        """Log-likelihood of every row, in nats, ``(n_samples,)``.

        Exact up to ``log_partition_``, whose error is common to all rows. Grey values between 0
        and 1 are no binary data: binarise them before you compare likelihoods.
        """
        x = self._tensor(X)
        self.graph_.units["v"].check(self._shaped(x))
        with torch.no_grad():
            log_p = -self.graph_.free_energy({"v": self._shaped(x)}, ("h",)) - self.log_partition_
        return log_p.numpy()

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Mean log-likelihood per sample, in nats."""
        del y
        return float(np.mean(self.score_samples(X)))

    # --- using -------------------------------------------------------------------------------

    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Mean hidden activities, ``(n_samples, n_components)``."""
        x = self._tensor(X)
        return hidden_means(self.graph_, self._shaped(x)).flatten(1).numpy()

    def inverse_transform(self, X: ArrayLike) -> NDArray[Any]:
        """Mean visible values given hidden ones, ``(n_samples, n_features)``."""
        check_is_fitted(self)
        dtype = self.components_.dtype
        h = torch.from_numpy(np.array(X, dtype=dtype, ndmin=2))
        if h.shape[1] != self.n_components:
            raise ValueError(
                f"X has {h.shape[1]} features, the RBM {self.n_components} components"
            )
        h = h.reshape(-1, *self.graph_.units["h"].shape)
        with torch.no_grad():
            v = self.graph_.units["v"].mean(self.graph_.field("v", {"h": h}))
        return v.flatten(1).numpy()

    def sample(
        self,
        n_samples: int = 1,
        *,
        clamp: ArrayLike | None = None,
        n_sweeps: int = 1000,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Draws from the model by Gibbs sampling, ``(n_samples, n_features)``.

        Args:
            n_samples: how many independent chains.
            clamp: known values, NaN where free, ``(n_features,)`` or ``(n_samples, n_features)``.
            n_sweeps: sweeps of every chain.
            random_state: seed of this draw; the estimator's own by default.
        """
        check_is_fitted(self)
        shape = (n_samples, self.n_features_in_)
        known = free(clamp, shape, dtype=self.components_.dtype)
        drawn, _ = self._conditioned(known, n_sweeps=n_sweeps, random_state=random_state)
        return drawn.flatten(1).numpy()

    def impute(
        self,
        X: ArrayLike,
        *,
        n_sweeps: int = 200,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Fills NaN with conditional means given the rest of the row; other values stay.

        The mean is that over the second half of the sweeps of E[v | h].
        """
        check_is_fitted(self)
        if n_sweeps < 1:
            raise ValueError(f"n_sweeps is {n_sweeps}; a mean needs at least one sweep")
        rows: NDArray[Any] = validate_data(
            self, X, dtype=self.components_.dtype, reset=False, ensure_all_finite="allow-nan"
        )
        _, filled = self._conditioned(rows.copy(), n_sweeps=n_sweeps, random_state=random_state)
        return np.where(np.isnan(rows), filled.flatten(1).numpy(), rows)

    def _conditioned(
        self,
        known: NDArray[Any],
        *,
        n_sweeps: int,
        random_state: Any,  # noqa: ANN401
    ) -> tuple[Tensor, Tensor]:
        """The last state of the free values, and their mean over the second half."""
        source = generator(seed_of(random_state, self._seed))
        state, hold = begun(self.graph_, known, source=source)
        return conditioned(self.graph_, state, hold=hold, n_sweeps=n_sweeps, source=source)

    def _tensor(self, X: ArrayLike) -> Tensor:
        check_is_fitted(self)
        X = validate_data(self, X, dtype=[np.float64, np.float32], reset=False, copy=True)
        return torch.from_numpy(X).to(self._weight().dtype)

    def _weight(self) -> Tensor:
        return self.graph_.connections["v-h"].get_parameter("weight")

    def _shaped(self, x: Tensor) -> Tensor:
        return x.reshape(-1, *self.graph_.units["v"].shape)

    @property
    def _n_features_out(self) -> int:
        return self.n_components

    def __sklearn_tags__(self) -> Tags:
        """Both float types are kept."""
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


class _Best:
    """Watches held-out likelihood after every epoch and keeps the best parameters."""

    def __init__(self, model: RBM, x: Tensor, *, weights: Tensor) -> None:
        self.model, self.x, self.weights = model, x, weights / weights.sum()
        self.best, self.since = -np.inf, 0
        self.kept: dict[str, Any] | None = None

    def __call__(self, epoch: int) -> bool:
        """True when patience is at an end."""
        del epoch
        graph = self.model.graph_
        log_p = held_out_likelihood(graph, self.x, base=self.model._base, seed=self.model._seed)
        now = float(log_p @ self.weights)
        self.since = 0 if now > self.best else self.since + 1
        if now > self.best:
            self.best, self.kept = now, copy.deepcopy(graph.state_dict())
        return self.since >= self.model.patience

    def restore(self) -> None:
        if self.kept is not None:
            self.model.graph_.load_state_dict(self.kept)
