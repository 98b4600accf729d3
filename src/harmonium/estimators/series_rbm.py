"""RBMs of time series as a scikit-learn estimator."""

from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_array, check_is_fitted
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.data import Batches
from harmonium.errors import UsageError
from harmonium.estimators.conditioned import seed_of
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import FLOATS
from harmonium.learning import Descent, Training, linear_decay
from harmonium.learning.objectives import SeriesContrast
from harmonium.machines import ConditionalRBM, RecurrentTemporalRBM
from harmonium.random import generator, seeded

__all__ = ["SeriesRBM"]


@dataclass(eq=False, repr=False)
class SeriesRBM(Trained):
    """Predicts and continues time series by an RBM whose biases depend on the past.

    A conditional RBM (Taylor, Hinton and Roweis, 2007, https://papers.nips.cc/paper/3078), or with
    ``recurrent`` a recurrent temporal RBM (Sutskever, Hinton and Taylor, 2008,
    https://papers.nips.cc/paper/3567). Real values are standardised by the training frames, and
    the machine starts as their linear autoregression.

    X is one long series ``(n_frames, n_channels)``, or several ``(n_series, n_frames,
    n_channels)``. Its frames are no independent rows, so that cross-validation must keep their
    order (``sklearn.model_selection.TimeSeriesSplit``).

    Args:
        n_components: hidden units.
        lags: frames of the past that act directly on a frame.
        recurrent: whether hidden means are carried through time.
        values: "gaussian" real values, "binary" ones, or "auto" for binary if all are 0 or 1.
        length: frames of the pieces into which a long series is cut in learning; the last piece
            ends with the series, so that it may overlap the one before it.
        n_steps: Gibbs sweeps of contrastive divergence.
        n_epochs: passes over the series.
        learning_rate: of Adam; it falls to zero.
        batch_size: series, or pieces, per update.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        machine_: the ``machines.ConditionalRBM`` or ``machines.RecurrentTemporalRBM``, of
            standardised values.
        mean_: of every channel over the training frames.
        scale_: standard deviation of every channel.
        n_features_in_: number of channels.
        history_: one mapping per epoch.

    >>> import numpy as np
    >>> t = np.arange(400)[:, None]
    >>> X = np.sin(0.3 * t) + 0.1 * np.random.default_rng(0).standard_normal((400, 1))
    >>> model = SeriesRBM(10, n_epochs=20, random_state=0).fit(X[:300])
    >>> bool(model.score(X[300:]) > 0.9), model.predict(X[300:]).shape
    (True, (97, 1))
    >>> model.sample(X, 5).shape
    (5, 1)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "lags": [Interval(Integral, 0, None, closed="left")],
        "recurrent": ["boolean"],
        "values": [StrOptions({"auto", "gaussian", "binary"})],
        "length": [Interval(Integral, 2, None, closed="left")],
        "n_steps": [Interval(Integral, 1, None, closed="left")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    n_components: int = 50
    _: KW_ONLY
    lags: int = 3
    recurrent: bool = False
    values: Literal["auto", "gaussian", "binary"] = "auto"
    length: int = 100
    n_steps: int = 1
    n_epochs: int = 200
    learning_rate: float = 3e-3
    batch_size: int = 10
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Fits a new machine, discarding any earlier fit.

        Args:
            X: one series ``(n_frames, n_channels)``, or ``(n_series, n_frames, n_channels)``.
            y: not used.

        Raises:
            ValueError: values are NaN or infinite, the series are not longer than the lags, or
                a conditional machine has no lags.
        """
        del y
        if not self.recurrent and self.lags < 1:
            raise UsageError("lags=0 leaves no past: give at least 1, or set recurrent=True")
        x = _series(X)
        self.n_features_in_ = x.shape[2]
        kind = self._kind(x)
        frames = x.flatten(0, 1).double()
        binary = kind == "binary"
        self.mean_ = np.zeros(x.shape[2]) if binary else frames.mean(0).numpy()
        spread = frames.std(0, correction=0)
        self.scale_ = np.ones(x.shape[2]) if binary else spread.where(spread > 0, 1).numpy()
        x = self._pieces(self._scaled(x))
        seed = fresh_seed(self.random_state)
        settings = {"lags": int(self.lags), "values": kind, "std": 0.1}
        maker: Any = RecurrentTemporalRBM if self.recurrent else ConditionalRBM
        with seeded(seed):
            machine = maker(x.shape[2], int(self.n_components), **settings).to(x.dtype)
        machine.check(x)
        machine.start(x, torch.ones(x.shape[:2], dtype=torch.bool))
        self.machine_, self._seed = machine, seed
        self._learn(x, generator(seed))
        return self

    def _learn(self, x: Tensor, source: torch.Generator) -> None:
        machine = self.machine_
        machine.source = source
        optimiser = torch.optim.Adam(machine.parameters(), lr=self.learning_rate)
        limit = machine.limiter(x, torch.ones(x.shape[:2], dtype=torch.bool))
        learner = Descent(machine, optimiser, SeriesContrast(int(self.n_steps)), project=limit)
        batches: Batches[Any] = Batches({"x": x}, size=self.batch_size, source=source)
        fall = linear_decay(optimiser, self.n_epochs * len(batches))
        self._forget()
        self._train(Training(learner, batches, self.n_epochs, [fall], source=source))
        machine.source = None

    @neutrally
    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Expected values of frames, each from the true frames before it.

        Args:
            X: one series ``(n_frames, n_channels)``, or ``(n_series, n_frames, n_channels)``.

        Returns:
            Frames ``lags`` and later: ``(n_frames - lags, n_channels)``, or the same of several.
        """
        x, alone = self._given(X)
        found = self.machine_.forecast(x, source=generator(self._seed))
        return self._back(found, alone=alone)

    @checked
    @neutrally
    def sample(
        self,
        X: ArrayLike,
        n_frames: Count = 1,
        *,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Draws frames that may follow given series.

        Args:
            X: one series ``(n_frames, n_channels)``, or ``(n_series, n_frames, n_channels)``.
            n_frames: new frames.
            random_state: seed of the draws; the estimator's seed by default.

        Returns:
            ``(n_frames, n_channels)``, or the same of several.
        """
        x, alone = self._given(X)
        source = generator(seed_of(random_state, self._seed))
        return self._back(self.machine_.continued(x, n_frames, source=source), alone=alone)

    def score(self, X: ArrayLike, y: object = None) -> float:
        """R² of one-step predictions: the share of the variance that they explain."""
        del y
        true = np.asarray(X, dtype=float)[..., self.lags :, :]
        gap = true - self.predict(X)
        axes = tuple(range(true.ndim - 1))
        return float(1 - (gap**2).mean() / true.var(axes).mean())

    def _given(self, X: ArrayLike) -> tuple[Tensor, bool]:
        """Series in the form of the machine, and whether they are a single one."""
        check_is_fitted(self)
        x = _series(X)
        if x.shape[2] != self.n_features_in_:
            raise UsageError(
                f"X has {x.shape[2]} channels, and {type(self).__name__} was fitted to "
                f"{self.n_features_in_}: give the same channels"
            )
        return self._scaled(x).to(self.machine_.to_visible.dtype), np.ndim(X) == 2

    def _kind(self, x: Tensor) -> Literal["gaussian", "binary"]:
        bits = bool(((x == 0) | (x == 1)).all())
        if self.values == "binary" and not bits:
            raise UsageError("binary values are 0 or 1, and X has others: set values='gaussian'")
        return ("binary" if bits else "gaussian") if self.values == "auto" else self.values

    def _scaled(self, x: Tensor) -> Tensor:
        mean, scale = (torch.from_numpy(v).to(x.dtype) for v in (self.mean_, self.scale_))
        return (x - mean) / scale

    def _back(self, x: Tensor, *, alone: bool) -> NDArray[Any]:
        found: NDArray[Any] = x.numpy() * self.scale_ + self.mean_
        return found[0] if alone else found

    def _pieces(self, x: Tensor) -> Tensor:
        """A single long series in pieces that overlap by the lags; others as they are.

        The last piece ends with the series, so that no frame is left out.
        """
        size = max(int(self.length), self.lags + 1)
        if len(x) > 1 or x.shape[1] <= size:
            return x
        pieces = x[0].unfold(0, size, size - self.lags).transpose(1, 2)
        covered = (len(pieces) - 1) * (size - self.lags) + size
        last = [x[:, -size:]] if covered < x.shape[1] else []
        return torch.cat([pieces, *last])


def _series(X: ArrayLike) -> Tensor:
    """Series ``(n_series, n_frames, n_channels)`` from one or several."""
    x = check_array(X, dtype=FLOATS, allow_nd=True, copy=True)
    if x.ndim not in (2, 3):
        raise UsageError(
            f"X of shape {x.shape}: give one series (n_frames, n_channels), or several "
            "(n_series, n_frames, n_channels) of equal length"
        )
    return torch.from_numpy(x if x.ndim == 3 else x[None])
