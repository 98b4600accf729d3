"""Base class of the estimators of energy graphs."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.arguments import checked
from harmonium.bounds import Count, Size
from harmonium.data import Batches
from harmonium.errors import DivergenceError, UsageError
from harmonium.estimators.conditioned import free, gibbs, seed_of
from harmonium.estimators.defaults import (
    chains_from,
    contrast_for,
    converted,
    is_steady,
    learning_type,
    name_constant,
    passes,
    rate_for,
    start,
    updates_for,
)
from harmonium.estimators.density import Density
from harmonium.estimators.estimator import fresh_seed
from harmonium.estimators.families import check_spread, check_values, settled
from harmonium.estimators.frames import FLOATS, in_order, new_rows, used_rows, validate_data
from harmonium.estimators.likelihood import unnormalised
from harmonium.estimators.stopping import LikelihoodWatch
from harmonium.graph import EnergyGraph, State
from harmonium.learning import (
    L2,
    PCD,
    Contrast,
    EarlyStopping,
    GraphLearner,
    Learner,
    Missing,
    Training,
    ceilings,
    filled_by_means,
    linear_decay,
    start_from,
)
from harmonium.random import generator, seeded
from harmonium.sampling import mean_field
from harmonium.units import Units

__all__ = ["Machine"]

_GENTLEST = 1e-3
"""Learning that diverges is not repeated below this fraction of the default rate."""


@dataclass(eq=False, repr=False)
class Machine(Density):
    """An energy graph with a visible group "v" that fits, transforms, scores, samples, imputes.

    A subclass adds settings to those below, and makes the machine.
    """

    _updates: ClassVar[int] = 1200
    """Minimum number of updates if ``n_epochs`` is None."""
    _single: ClassVar[bool] = False
    """Whether learning may use single precision."""

    _: KW_ONLY
    visible: str | Units = "auto"
    learning_rate: float | None = None
    n_epochs: int | None = None
    batch_size: int = 50
    contrast: Contrast | None = None
    weight_decay: float = 0.0
    early_stopping: bool = False
    validation_fraction: float = 0.1
    patience: int = 5
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "visible": [str, Units],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
        "n_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "contrast": [HasMethods("__call__"), None],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    @abstractmethod
    def _machine(self, x: Tensor) -> EnergyGraph:
        """Makes a machine for rows ``(N, n_features)``."""

    def _prepare(self, x: Tensor, weights: Tensor) -> None:
        """Prepares the machine before it learns as a whole, for example by pre-training."""

    # --- fitting -----------------------------------------------------------------------------

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: ArrayLike, y: object = None, *, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features)``; NaN for missing values. The likelihood is then that of
                the observed values (``learning.Missing``).
            y: ignored.
            sample_weight: importance of each row; rows of zero weight are left out.

        Raises:
            ValueError: values are infinite or out of range, a feature has no value, or early
                stopping is used with missing values; the message gives the remedy.
        """
        del y
        x, weights = self._checked(X, sample_weight, reset=True, gaps=True)
        gaps = bool(x.isnan().any())
        if gaps and self.early_stopping:
            raise UsageError(
                "early stopping compares likelihoods of whole rows, and X contains NaN: set "
                "early_stopping=False"
            )
        dtype, rate_factor = x.dtype, 1.0
        if self._single and not self.early_stopping:  # early stopping compares likelihoods
            kind = learning_type(self.visible, x)
            x, weights = x.to(kind), weights.to(kind)
        while not self._learned(x, weights, rate_factor=rate_factor):
            rate_factor /= 4
        return self._finish(dtype)

    def _learned(self, x: Tensor, weights: Tensor, *, rate_factor: float) -> bool:
        """Learns once; returns False if it diverged and a lower rate should be tried."""
        last = self.learning_rate is not None or rate_factor < _GENTLEST
        try:
            self._learn(x, weights, rate_factor=rate_factor)
        except DivergenceError:
            if last:
                raise
            return False
        return last or is_steady(self.graph_)

    def _learn(self, x: Tensor, weights: Tensor, *, rate_factor: float) -> None:
        """Learns once; ``rate_factor`` multiplies the default rate."""
        self._forget()
        gaps = bool(x.isnan().any())
        kept, held = self._split(x, weights)
        whole = filled_by_means(x[kept]) if gaps else x[kept]
        plain = gaps or self.early_stopping
        learner = self._begin(whole, weights[kept], plain=plain, rate_factor=rate_factor)
        rows, groups = self._shaped(x[kept]), _visible
        if gaps:
            seen = Missing(self.graph_, {"v": rows}, source=self._source).batch
            rows, groups = torch.arange(len(kept)), lambda batch: seen(batch["x"])
        batches = self._batches(rows, weights[kept])
        updates = updates_for(self.graph_.units["v"], self._updates)
        epochs = passes(self.n_epochs, batches=len(batches), updates=updates)
        schedule = linear_decay(learner.optimiser, epochs * len(batches))
        training = Training(GraphLearner(learner, groups), batches, epochs, [schedule])
        if self.early_stopping:
            training.stopping = EarlyStopping("val/log_likelihood", patience=self.patience)
            watch = LikelihoodWatch(
                self.graph_, x[held], weights=weights[held], base=self._base, seed=self._seed
            )
            training.watches = [watch]
        self.n_epochs_ = self._train(training)

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: ArrayLike, y: object = None, *, sample_weight: ArrayLike | None = None
    ) -> Self:
        """One more pass, over these rows, at the constant learning rate; chains continue.

        Raises:
            ValueError: as in ``fit``; also for missing values, which belong to their rows.
        """
        del y
        first = not hasattr(self, "graph_")
        x, weights = self._checked(X, sample_weight, reset=first)
        learner = self._begin(x, weights) if first else self._learner
        self.graph_.units["v"].check(self._shaped(x))
        # ``fit`` has reduced it to zero
        for group in learner.optimiser.param_groups:
            group["lr"] = self._rate if self.learning_rate is None else self.learning_rate
        batches = self._batches(self._shaped(x), weights)
        self._train(Training(GraphLearner(learner, _visible), batches, 1))
        self.n_epochs_ = getattr(self, "n_epochs_", 0) + 1
        return self._finish()

    def _checked(
        self, X: ArrayLike, sample_weight: ArrayLike | None, *, reset: bool, gaps: bool = False
    ) -> tuple[Tensor, Tensor]:
        dtype = FLOATS if reset else self.components_.dtype
        finite: Any = "allow-nan" if gaps else True
        rows: NDArray[Any] = validate_data(
            self, X, dtype=dtype, reset=reset, copy=True, ensure_all_finite=finite
        )
        used, weights = used_rows(sample_weight, rows)
        units = self.visible if reset else self.graph_.units["v"]
        return settled(units, torch.from_numpy(rows[used])), weights

    def _split(self, x: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        self._seed = fresh_seed(self.random_state)
        self._source = generator(self._seed)
        order = torch.randperm(len(x), generator=self._source)
        n = max(1, round(self.validation_fraction * len(x))) if self.early_stopping else 0
        if n == len(x):
            raise UsageError("early stopping needs at least two samples; set early_stopping=False")
        return order[n:], order[:n]

    def _begin(
        self, x: Tensor, weights: Tensor, *, plain: bool = False, rate_factor: float = 1.0
    ) -> Learner:
        if not hasattr(self, "_source") or not hasattr(self, "_seed"):
            self._split(x, weights)
        with seeded(self._seed):
            graph = self._machine(x).to(x.dtype)
        check_values(graph.units["v"], x)
        self.graph_ = graph
        check_spread(graph.units["v"], x)
        name_constant(graph.units["v"], x)
        v, curvature = self._shaped(x), None
        start_from(graph, {"v": v}, weights=weights)
        limits = ceilings(graph, x)
        for limit in limits:
            limit.project(graph)
        self._base = torch.tensordot(weights / weights.sum(), x, 1)
        self._prepare(x, weights)
        contrast = self.contrast or (PCD() if plain else contrast_for(graph, x))
        if self.learning_rate is None:
            curvature = start(graph, v, weights=weights, contrast=contrast, source=self._source)
        self._rate = self.learning_rate or rate_factor * rate_for(graph, x, curvature=curvature)
        self._learner = Learner(
            graph,
            torch.optim.SGD(graph.parameters(), lr=self._rate),
            contrast=contrast,
            penalties=[
                *([L2(self.weight_decay)] if self.weight_decay else []),
                *limits,
            ],
            source=self._source,
        )
        if curvature is not None:
            self._learner.chains = chains_from(graph, v, contrast=contrast, source=self._source)
        return self._learner

    def _batches(self, x: Tensor, weights: Tensor) -> Batches[dict[str, Tensor]]:
        columns = {"x": x, "weights": weights}
        return Batches(columns, size=self.batch_size, source=self._source)

    def _finish(self, dtype: torch.dtype | None = None) -> Self:
        if dtype is not None:
            converted(self.graph_, self._learner, dtype=dtype)
            self._base = self._base.to(dtype)
        self.components_ = self._weight().detach().numpy().copy()
        self._partition = None
        return self

    # --- judging -----------------------------------------------------------------------------

    @neutrally
    def score_samples(self, X: ArrayLike) -> NDArray[Any]:
        """Log-likelihood of every row, in nats, ``(n_samples,)``.

        Exact up to ``log_partition_``, whose error is common to all rows; for a deep machine the
        variational bound. Likelihoods of binary units apply to binary data: binarise fractions
        before you compare.
        """
        x = self._tensor(X)
        self.graph_.units["v"].check(self._shaped(x))
        log_p = unnormalised(self.graph_, self._shaped(x)) - self.log_partition_
        return log_p.to(x.dtype).numpy()

    # --- using -------------------------------------------------------------------------------

    @neutrally
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Mean activities of the last hidden group, ``(n_samples, n_components)``.

        By mean field if hidden groups are connected with each other, otherwise exact. Missing
        values are imputed first.
        """
        x = self._tensor(X, gaps=True)
        if bool(x.isnan().any()):
            x = torch.from_numpy(self._filled(x.numpy()))
        graph = self.graph_
        data = mean_field(graph, {"v": self._shaped(x)}, tolerance=1e-6, cap=200)
        with torch.no_grad():
            return data.moments(graph, [*graph.units][-1])[0].flatten(1).numpy()

    @checked
    @neutrally
    def sample(
        self,
        n_samples: Count = 1,
        *,
        clamp: ArrayLike | None = None,
        n_sweeps: Size = 1000,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Samples of the model by Gibbs sampling, ``(n_samples, n_features)``.

        Args:
            n_samples: number of independent chains.
            clamp: known values, NaN for free ones, ``(n_features,)`` or ``(n_samples,
                n_features)``.
            n_sweeps: sweeps of every chain.
            random_state: seed of the draws; the estimator's seed by default.
        """
        check_is_fitted(self)
        shape = (n_samples, self.n_features_in_)
        known = free(in_order(clamp, self), shape, dtype=self.components_.dtype)
        seed = seed_of(random_state, self._seed)
        drawn, _ = gibbs(self.graph_, known, n_sweeps=n_sweeps, seed=seed)
        return drawn.flatten(1).numpy()

    @checked
    @neutrally
    def impute(
        self,
        X: ArrayLike,
        *,
        n_sweeps: Size = 200,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Fills NaN with conditional means given the rest of the row; other values stay.

        The mean is that of E[v | h] over the second half of the sweeps.
        """
        check_is_fitted(self)
        if n_sweeps < 1:
            raise UsageError(f"n_sweeps is {n_sweeps}; a mean needs at least one sweep")
        rows = new_rows(self, X, dtype=self.components_.dtype, gaps=True)
        return self._filled(rows.numpy(), n_sweeps=n_sweeps, random_state=random_state)

    def _filled(
        self,
        rows: NDArray[Any],
        *,
        n_sweeps: int = 200,
        random_state: Any = None,  # noqa: ANN401
    ) -> NDArray[Any]:
        seed = seed_of(random_state, self._seed)
        _, filled = gibbs(self.graph_, rows.copy(), n_sweeps=n_sweeps, seed=seed)
        return np.where(np.isnan(rows), filled.flatten(1).numpy(), rows)

    def _tensor(self, X: ArrayLike, *, gaps: bool = False) -> Tensor:
        x = new_rows(self, X, gaps=gaps).to(self._weight().dtype)
        return self.graph_.units["v"].settled(x)

    def _weight(self) -> Tensor:
        return self.graph_.edges[0].connection.get_parameter("weight")

    def _shaped(self, x: Tensor) -> Tensor:
        return x.reshape(-1, *self.graph_.units["v"].shape)

    @property
    def _n_features_out(self) -> int:
        return self.graph_.units[[*self.graph_.units][-1]].shape.numel()

    def __sklearn_tags__(self) -> Tags:
        """scikit-learn's tags: NaN is a missing value in ``fit``."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _visible(batch: Mapping[str, Tensor]) -> State:
    return {"v": batch["x"]}
