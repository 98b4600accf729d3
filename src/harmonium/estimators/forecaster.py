"""Forecasts of a series with intervals, in scikit-learn's terms."""

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
from harmonium.data import Batches
from harmonium.errors import UsageError
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import FLOATS, check_numbers
from harmonium.learning import Descent, Training, cosine
from harmonium.learning.conformal import Conformal
from harmonium.learning.objectives import Pinball
from harmonium.nets.dropout import set_source
from harmonium.nets.forecast import ForecastNet
from harmonium.random import generator, seeded
from harmonium.registry import KINDS, target

__all__ = ["Forecaster"]


@dataclass(eq=False, repr=False)
class Forecaster(Trained):
    """Forecasts several steps of a series, with intervals, by a recurrent net.

    y is one series ``(n_frames,)`` or ``(n_frames, n_channels)`` in equal steps of time, the
    oldest frame first. The net learns from windows of it (``nets.ForecastNet``); the last windows
    calibrate the intervals and are not learned from (``learning.Conformal``). A forecast starts
    after the last frame that ``fit`` or ``update`` has seen.

    Args:
        horizon: steps to predict.
        context: known frames of a window.
        season: frames of a season; None for series without, or with one that changes its length.
        lags: frames that a linear autoregression reads beside the recurrent layer; None for all
            of a window, 0 for none.
        coverage: probability of the intervals.
        cell: recurrent layer: "gru", "lstm", "multiplicative" or "rnn".
        hidden_size: units of the layer.
        dropout: share of its values that is switched off at random in training.
        weight_decay: decoupled from the gradient (AdamW).
        calibration_fraction: fraction of the frames, the last ones, that calibrate the intervals.
        n_epochs: passes over the windows.
        learning_rate: of Adam; it falls to zero along half a cosine.
        batch_size: windows per update.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        net_: the ``nets.ForecastNet``, in evaluation mode.
        history_frames_: the last frames that were seen, ``(n, n_channels)``.
        n_features_in_: number of channels.
        loss_curve_: mean loss of each epoch.
        history_: one mapping per epoch, with loss and learning rate.

    >>> t = np.arange(240)
    >>> y = 0.05 * t + np.sin(2 * np.pi * t / 12)
    >>> y += 0.1 * np.random.default_rng(0).standard_normal(240)
    >>> model = Forecaster(6, context=24, season=12, n_epochs=5, random_state=0).fit(y[:200])
    >>> model.predict().shape, [end.shape for end in model.predict_interval(3)]
    ((6,), [(3,), (3,)])
    >>> bool(np.abs(model.predict() - y[200:206]).mean() < 0.2), bool(model.score(y[200:]) > 0.9)
    (True, True)
    >>> bool(np.abs(model.update(y[200:]).predict(1) - (0.05 * 240 + 0)).max() < 0.4)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "horizon": [Interval(Integral, 1, None, closed="left")],
        "context": [Interval(Integral, 2, None, closed="left")],
        "season": [Interval(Integral, 1, None, closed="left"), None],
        "lags": [Interval(Integral, 0, None, closed="left"), None],
        "coverage": [Interval(Real, 0, 1, closed="neither")],
        "cell": [StrOptions({"gru", "lstm", "multiplicative", "rnn"})],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "calibration_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_epochs": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    horizon: int = 12
    _: KW_ONLY
    context: int = 48
    season: int | None = None
    lags: int | None = None
    coverage: float = 0.9
    cell: Literal["gru", "lstm", "multiplicative", "rnn"] = "gru"
    hidden_size: int = 16
    dropout: float = 0.3
    weight_decay: float = 0.1
    calibration_fraction: float = 0.2
    n_epochs: int = 20
    learning_rate: float = 5e-3
    batch_size: int = 16
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, y: ArrayLike, X: object = None) -> Self:
        """Fits a new net, discarding any earlier fit.

        Args:
            y: the series, ``(n_frames,)`` or ``(n_frames, n_channels)``.
            X: not used.

        Raises:
            ValueError: values are NaN or infinite, or the series is too short: for one window, or
                for the windows that calibrate the intervals.
        """
        del X
        frames = _frames(y)
        self._flat = np.ndim(y) == 1
        self.n_features_in_ = frames.shape[1]
        kept = len(frames) - round(self.calibration_fraction * len(frames))
        learned = self._windows(frames[:kept], part="to learn from")
        context = min(int(self.context), kept)
        held = self._windows(frames[kept - context :], part="to calibrate the intervals")
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        with seeded(seed):
            core = target(KINDS["Recurrent"][self.cell])(frames.shape[1], int(self.hidden_size))
            net = ForecastNet(
                core,
                int(self.horizon),
                season=None if self.season is None else int(self.season),
                lags=int(self.context if self.lags is None else self.lags),
                coverage=float(self.coverage),
                dropout=float(self.dropout),
            )
        net.to(frames.dtype).fit_units(
            learned["x"], learned["y"].unflatten(1, (-1, frames.shape[1]))
        )
        set_source(net, source)
        self.net_ = net.eval()
        self._learn(learned, source)
        Conformal(net).step(held)
        self.history_frames_ = frames[-int(self.context) :].numpy()
        return self

    def _learn(self, columns: dict[str, Tensor], source: torch.Generator) -> None:
        optimiser = torch.optim.AdamW(
            self.net_.parameters(),
            lr=float(self.learning_rate),
            weight_decay=float(self.weight_decay),
        )
        batches: Batches[Any] = Batches(columns, size=int(self.batch_size), source=source)
        fall = cosine(optimiser, int(self.n_epochs) * len(batches))
        learner = Descent(self.net_, optimiser, Pinball(), clip=1.0)
        self._forget()
        self._train(Training(learner, batches, int(self.n_epochs), [fall], source=source))
        self.loss_curve_ = [row["train/pinball"] for row in self.history_]

    def update(self, y: ArrayLike, X: object = None) -> Self:
        """Takes note of frames that follow those seen so far; the net stays as it is.

        Args:
            y: new frames, as in ``fit``.
            X: not used.

        Raises:
            ValueError: values are NaN or infinite, or the channels are others.
        """
        del X
        seen = torch.cat([self._seen(), self._new(y)])
        self.history_frames_ = seen[-int(self.context) :].numpy()
        return self

    def predict(self, horizon: int | None = None) -> NDArray[Any]:
        """Medians of the frames that follow, ``(horizon,)`` or ``(horizon, n_channels)``.

        Args:
            horizon: steps, at most those of the fit; None for these.
        """
        return self._shaped(self._intervals(self._seen()[None])[1][0, : self._steps(horizon)])

    def predict_interval(self, horizon: int | None = None) -> tuple[NDArray[Any], NDArray[Any]]:
        """Lower and upper ends of the intervals, each of the shape of ``predict``.

        Args:
            horizon: steps, at most those of the fit; None for these.
        """
        low, _, high = self._intervals(self._seen()[None])
        steps = self._steps(horizon)
        return self._shaped(low[0, :steps]), self._shaped(high[0, :steps])

    def score(self, y: ArrayLike, X: object = None) -> float:
        """R² of the forecasts of frames that follow those seen so far, from every origin in them.

        The forecast starts anew at every origin, with the frames before it known.

        Args:
            y: new frames, at least as many as the horizon.
            X: not used.
        """
        del X
        seen = torch.cat([self._seen(), self._new(y)])
        windows = self._windows(seen, part="to be scored")
        true = windows["y"].unflatten(1, (-1, seen.shape[1]))
        gap = true - self._intervals(windows["x"])[1]
        spread = (true - true.mean((0, 1))).square().mean((0, 1)).clamp(min=1e-300)
        return float(1 - (gap.square().mean((0, 1)) / spread).mean())

    @neutrally
    @torch.no_grad()
    def _intervals(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        found: tuple[Tensor, Tensor, Tensor] = self.net_.intervals(x)
        return found

    def _windows(self, frames: Tensor, *, part: str) -> dict[str, Tensor]:
        """Columns "x" ``(N, context, C)`` and "y" ``(N, horizon * C)`` of all origins."""
        context, horizon = int(self.context), int(self.horizon)
        if len(frames) < context + horizon:
            raise UsageError(
                f"{len(frames)} frames {part}, and a window has {context + horizon} (context "
                f"{context}, horizon {horizon}): give a longer series, or make these smaller"
            )
        cut = frames.unfold(0, context + horizon, 1).transpose(1, 2)
        return {"x": cut[:, :context].contiguous(), "y": cut[:, context:].flatten(1)}

    def _seen(self) -> Tensor:
        check_is_fitted(self)
        return torch.from_numpy(self.history_frames_)

    def _new(self, y: ArrayLike) -> Tensor:
        check_is_fitted(self)
        frames = _frames(y).to(self._seen().dtype)
        if frames.shape[1] != self.n_features_in_:
            raise UsageError(
                f"y has {frames.shape[1]} channels, and fit saw {self.n_features_in_}: give the "
                "same channels"
            )
        return frames

    def _steps(self, horizon: int | None) -> int:
        if horizon is None:
            return int(self.horizon)
        if not 1 <= horizon <= self.horizon:
            raise UsageError(
                f"horizon={horizon}: the net forecasts 1 to {self.horizon} steps: fit one with a "
                "larger horizon"
            )
        return int(horizon)

    def _shaped(self, frames: Tensor) -> NDArray[Any]:
        found: NDArray[Any] = frames.numpy()
        return found[:, 0] if self._flat else found


def _frames(y: ArrayLike) -> Tensor:
    """A series as frames ``(T, C)``."""
    given = y.detach().cpu().numpy() if isinstance(y, Tensor) else y
    check_numbers(given)
    array = check_array(given, dtype=FLOATS, ensure_2d=False, input_name="y", copy=True)
    if array.ndim not in (1, 2):
        raise UsageError(
            f"y of shape {array.shape}: give one series, (n_frames,) or (n_frames, n_channels)"
        )
    return torch.from_numpy(array if array.ndim == 2 else array[:, None])
