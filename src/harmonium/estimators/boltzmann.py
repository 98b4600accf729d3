"""The general Boltzmann machine as a scikit-learn estimator."""

from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import _fit_context
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.arguments import checked
from harmonium.bounds import Count, Size
from harmonium.data import Batches
from harmonium.errors import UsageError
from harmonium.estimators.conditioned import begun, conditioned, free, seed_of
from harmonium.estimators.density import Density
from harmonium.estimators.estimator import fresh_seed
from harmonium.estimators.families import check_spread, check_values, choose, settled
from harmonium.estimators.frames import FLOATS, in_order, new_rows, validate_data
from harmonium.learning import (
    L2,
    PCD,
    Clamped,
    Contrast,
    GraphLearner,
    Inference,
    Learner,
    Training,
    linear_decay,
    start_from,
)
from harmonium.machines import boltzmann
from harmonium.random import generator, seeded
from harmonium.sampling import ais, anneal, log_conditional, mean_field
from harmonium.units import Units

__all__ = ["BoltzmannMachine"]

_STATES, _AT_ONCE = 2**12, 2**16
"""Maximum numbers of listed hidden states per row, and of (row, state) pairs in memory at once."""


@dataclass(eq=False, repr=False)
class BoltzmannMachine(Density):
    r"""A Boltzmann machine of visible and hidden units, all connected with each other.

    .. math:: p(v) \propto \sum_h \exp\Big(\sum_{i>j} w_{ij} x_i x_j + \sum_i b_i x_i\Big),
              \qquad x = (v, h)

    Connections among the visible units model pairwise correlations directly, for which an RBM
    needs hidden units. The price is time, since connected units are updated one by one: use it
    for tens of features; for hundreds use ``RBM``.

    Args:
        n_components: number of hidden units; 0 for a fully visible machine (an Ising model).
        visible: "auto" (Bernoulli if all data lie in [0, 1], else Gaussian), "bernoulli",
            "gaussian", "spin", or a ``Units`` object, not categorical.
        hidden: units in the same notation, without "auto".
        learning_rate: initial rate of SGD; it falls to zero over ``fit``.
        n_epochs: passes over the data.
        batch_size: rows per update; the last batch may be smaller.
        contrast: how the model side of the gradient is estimated; ``PCD()`` by default,
            ``Exact()`` for a small machine.
        inference: how the connected hidden units are inferred from the data; ``Clamped()``, Gibbs
            sampling, by default. ``MeanField()`` draws nothing, but from small weights it may
            never find structure that no pair of features shows, such as a parity.
        weight_decay: strength of the L2 penalty.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        graph_: the trained machine, an ``EnergyGraph`` with groups "v" and "h".
        history_: one mapping per epoch, for ``pandas.DataFrame``: "stage", "epoch", losses, the
            figure of early stopping and the learning rate "lr".

    >>> import numpy as np
    >>> X = np.eye(4)[np.arange(200) % 4]
    >>> machine = BoltzmannMachine(2, random_state=0).fit(X)
    >>> machine.transform(X).shape, machine.log_partition_stderr_
    ((200, 2), 0.0)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "n_components": [Interval(Integral, 0, None, closed="left")],
        "visible": [str, Units],
        "hidden": [str, Units],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "contrast": [HasMethods("__call__"), None],
        "inference": [HasMethods("__call__"), None],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    n_components: int = 8
    _: KW_ONLY
    visible: str | Units = "auto"
    hidden: str | Units = "bernoulli"
    learning_rate: float = 0.05
    n_epochs: int = 100
    batch_size: int = 50
    contrast: Contrast | None = None
    inference: Inference | None = None
    weight_decay: float = 0.0
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features)``.
            y: ignored.

        Raises:
            ValueError: values are NaN, infinite or out of range; or the connections of real units
                have grown so strong that the density cannot be normalised.
        """
        del y
        rows: NDArray[Any] = validate_data(self, X, dtype=FLOATS, copy=True)
        x = settled(self.visible, torch.from_numpy(rows))
        self._seed = fresh_seed(self.random_state)
        self._base = x.mean(0)
        self._partition = None
        with seeded(self._seed):
            visible = choose(self.visible, x.shape[1], example=x)
            hidden = choose(self.hidden, self.n_components) if self.n_components else None
            self.graph_ = boltzmann(visible, hidden).to(x.dtype)
        check_values(visible, x)
        check_spread(visible, x)
        v = x.reshape(-1, *visible.shape)
        start_from(self.graph_, {"v": v})
        source = generator(self._seed)
        learner = Learner(
            self.graph_,
            torch.optim.SGD(self.graph_.parameters(), lr=self.learning_rate),
            contrast=self.contrast or PCD(),
            penalties=[L2(self.weight_decay)] if self.weight_decay else [],
            inference=self.inference or Clamped(),
            source=source,
        )
        batches = Batches({"x": v}, size=self.batch_size, source=source)
        schedule = linear_decay(learner.optimiser, self.n_epochs * len(batches))
        update = GraphLearner(learner, lambda batch: {"v": batch["x"]})
        self._forget()
        self._train(Training(update, batches, self.n_epochs, [schedule]))
        self.graph_.check_normalisable()
        return self

    # --- judging -----------------------------------------------------------------------------

    @neutrally
    @torch.no_grad()
    def score_samples(self, X: ArrayLike) -> NDArray[Any]:
        """Log-likelihood of every row, in nats, ``(n_samples,)``.

        Exact up to ``log_partition_`` if the hidden states can be listed (12 binary units). With
        more hidden units, the sum over their states is estimated as well, by a short annealed
        importance sampling for each row.
        """
        v = self._given(X)
        self.graph_.units["v"].check(v)
        return (-self._free_energy(v) - self.log_partition_).to(v).numpy()

    def _free_energy(self, v: Tensor) -> Tensor:
        """Minus the log of the sum over hidden states, ``(N,)``."""
        if not self.n_components:
            return self.graph_.energy({"v": v})
        if (log_p := self._posterior(v)) is not None:
            # E(v, h) = F(v) - log p(h | v) holds for every h; the first is used
            states = self.graph_.units["h"].states()
            assert states is not None
            first = states[:1].expand(len(v), *states.shape[1:])
            return self.graph_.energy({"v": v, "h": first}) + log_p[:, 0]
        source = generator(self._seed)
        return -ais(self.graph_, betas=200, chains=20, hold={"v": v}, source=source).log_z

    def _posterior(self, v: Tensor) -> Tensor | None:
        """log p(h | v) of every hidden state, ``(N, states)``; None if there are too many."""
        count = self.graph_.units["h"].count()
        if count is None or count > _STATES:
            return None
        parts = v.split(max(1, _AT_ONCE // count))
        return torch.cat([log_conditional(self.graph_, "h", given={"v": x}) for x in parts])

    # --- using -------------------------------------------------------------------------------

    @neutrally
    @torch.no_grad()
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Mean hidden activities, ``(n_samples, n_components)``.

        Exact if the hidden states can be listed, otherwise by mean field.

        Raises:
            ValueError: the machine has no hidden units.
        """
        v = self._given(X)
        if not self.n_components:
            raise UsageError("the machine has no hidden units: give n_components of at least 1")
        if (log_p := self._posterior(v)) is None:
            return (
                mean_field(self.graph_, {"v": v}).moments(self.graph_, "h")[0].flatten(1).numpy()
            )
        states = self.graph_.units["h"].states()
        assert states is not None
        return (log_p.exp() @ states.flatten(1)).numpy()

    @checked
    @neutrally
    def sample(
        self,
        n_samples: Count = 1,
        *,
        clamp: ArrayLike | None = None,
        n_sweeps: Size = 300,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Samples of the model by annealing, ``(n_samples, n_features)``.

        The temperature falls from 10 to 1 in the first third of the sweeps; the other sweeps
        sample at temperature 1.

        Args:
            n_samples: number of independent chains.
            clamp: known values, NaN for free ones, ``(n_features,)`` or ``(n_samples,
                n_features)``.
            n_sweeps: Gibbs sweeps of every chain.
            random_state: seed of the draws; the estimator's seed by default.
        """
        check_is_fitted(self)
        shape = (n_samples, self.n_features_in_)
        known = free(in_order(clamp, self), shape, dtype=self._dtype())
        drawn, _ = self._conditioned(known, n_sweeps=n_sweeps, random_state=random_state)
        return drawn.flatten(1).numpy()

    @checked
    @neutrally
    def impute(
        self,
        X: ArrayLike,
        *,
        n_sweeps: Size = 300,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Fills NaN with conditional means given the rest of the row; other values stay.

        The mean is that of E[v | the rest] over the second half of the sweeps at temperature 1,
        after annealing as in ``sample``.
        """
        check_is_fitted(self)
        if n_sweeps < 2:
            raise UsageError(f"n_sweeps is {n_sweeps}; cooling and a mean need at least two")
        rows = new_rows(self, X, dtype=self._dtype(), gaps=True).numpy()
        _, filled = self._conditioned(rows.copy(), n_sweeps=n_sweeps, random_state=random_state)
        return np.where(np.isnan(rows), filled.flatten(1).numpy(), rows)

    def _conditioned(
        self,
        known: NDArray[Any],
        *,
        n_sweeps: int,
        random_state: Any,  # noqa: ANN401
    ) -> tuple[Tensor, Tensor]:
        source = generator(seed_of(random_state, self._seed))
        state, hold = begun(self.graph_, known, source=source)
        cooling = n_sweeps // 3
        betas = np.geomspace(0.1, 1.0, cooling + 1)[:-1].tolist()
        state = anneal(self.graph_, state, betas=betas, hold=hold, source=source)
        rest = n_sweeps - cooling
        return conditioned(self.graph_, state, hold=hold, n_sweeps=rest, source=source)

    def _given(self, X: ArrayLike) -> Tensor:
        check_is_fitted(self)
        rows, units = new_rows(self, X, dtype=self._dtype()), self.graph_.units["v"]
        return units.settled(rows).reshape(-1, *units.shape)

    def _dtype(self) -> Any:  # noqa: ANN401
        return self._base.numpy().dtype

    @property
    def _n_features_out(self) -> int:
        hidden = self.graph_.units["h"] if "h" in self.graph_.units else None
        return 0 if hidden is None else hidden.shape.numel()
