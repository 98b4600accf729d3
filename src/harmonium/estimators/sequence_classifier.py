"""Recurrent nets over series as a scikit-learn classifier."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.data import Batches
from harmonium.errors import UsageError
from harmonium.estimators.defaults import passes
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import new_rows
from harmonium.estimators.labels import decisions
from harmonium.estimators.listed_series import as_series, is_table
from harmonium.estimators.mlp_targets import class_columns
from harmonium.learning import CrossEntropy, Descent, Training, cosine
from harmonium.nets.dropout import set_source
from harmonium.nets.recurrent.padded import ends_of
from harmonium.nets.series import SeriesNet
from harmonium.random import generator, seeded
from harmonium.registry import KINDS, target

__all__ = ["CELLS", "SequenceClassifier"]

CELLS = ("gru", "lstm", "multiplicative", "rnn")
"""Recurrent layers by their names in the registry."""

_AT_ONCE = 500
"""Series that are read at the same time."""

_UPDATES = 600
"""Minimum number of updates if no number of epochs is given."""


@dataclass(eq=False, repr=False)
class SequenceClassifier(ClassifierMixin, Trained):
    """A recurrent net that classifies series, which may have different lengths.

    X is a list of arrays ``(n_frames, n_channels)``, or an array ``(n_series, n_frames,
    n_channels)``. A table ``(n_series, n_frames)``, or a list of arrays ``(n_frames,)``, holds
    series of one channel. Channels are standardised by the training frames.

    Args:
        cell: recurrent layer: "gru", "lstm", "multiplicative" or "rnn".
        hidden_size: units of every layer.
        n_layers: layers, each of which reads the one below; "multiplicative" has one.
        bidirectional: whether a second layer reads the series from their ends.
        read: what is classified: the mean of the layer's values over all frames, or the last ones.
        dropout: share of these numbers that is switched off at random in training.
        weight_decay: decoupled from the gradient (AdamW).
        clip: largest norm of the gradient; None for no limit.
        n_epochs: passes over the series; None for as many as 600 updates take, at least 10.
        learning_rate: of Adam; it falls to zero along half a cosine.
        batch_size: series per update.
        class_weight: "balanced" for the same sum of weights in every class, or class -> weight.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        classes_: the labels, sorted.
        net_: the ``nets.SeriesNet``, in evaluation mode.
        n_features_in_: number of channels; of a table, number of its columns.
        n_epochs_: number of epochs done.
        loss_curve_: mean loss of each epoch, nats per series.
        history_: one mapping per epoch, with loss and learning rate.

    >>> rng = np.random.default_rng(0)
    >>> X = [rng.standard_normal((int(n), 2)) for n in rng.integers(5, 15, 60)]
    >>> y = np.arange(60) % 2
    >>> X = [np.cumsum(x, 0) if k else x for x, k in zip(X, y, strict=True)]
    >>> model = SequenceClassifier(hidden_size=16, random_state=0).fit(X[:40], y[:40])
    >>> model.predict_proba(X[40:]).shape, bool(model.score(X[40:], y[40:]) > 0.7)
    ((20, 2), True)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "cell": [StrOptions(set(CELLS))],
        "hidden_size": [Interval(Integral, 1, None, closed="left")],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "bidirectional": ["boolean"],
        "read": [StrOptions({"last", "mean"})],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "clip": [Interval(Real, 0, None, closed="neither"), None],
        "n_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    cell: Literal["gru", "lstm", "multiplicative", "rnn"] = "gru"
    _: KW_ONLY
    hidden_size: int = 64
    n_layers: int = 1
    bidirectional: bool = True
    read: Literal["last", "mean"] = "mean"
    dropout: float = 0.3
    weight_decay: float = 0.01
    clip: float | None = 1.0
    n_epochs: int | None = None
    learning_rate: float = 5e-3
    batch_size: int = 16
    class_weight: Literal["balanced"] | Mapping[Any, float] | None = None
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,  # noqa: ANN401
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Fits a new net, discarding any earlier fit.

        Args:
            X: series, as the class says.
            y: labels of any type, ``(n_series,)``.
            sample_weight: importance of the series; those of zero weight are left out.

        Raises:
            ValueError: values are NaN or infinite, a series is empty or has other channels than
                the first one, or there are fewer than two classes.
        """
        self._table = is_table(X)
        if self._table:
            columns, self.classes_ = class_columns(
                self, (X, y), sample_weight=sample_weight, classes=None, reset=True
            )
            columns = {**columns, "x": columns["x"][..., None]}
        else:
            x = as_series(X)
            rows = np.arange(len(x), dtype=np.float64)[:, None]
            columns, self.classes_ = class_columns(
                self, (rows, y), sample_weight=sample_weight, classes=None, reset=True
            )
            columns = {**columns, "x": x[columns["x"][:, 0].long()]}
            if "weights" in columns:
                columns["weights"] = columns["weights"].to(x.dtype)
            self.n_features_in_ = x.shape[2]
        self._learn(columns)
        return self

    def _learn(self, columns: dict[str, Tensor]) -> None:
        x, seed = columns["x"], fresh_seed(self.random_state)
        source = generator(seed)
        layers = {} if self.cell == "multiplicative" else {"layers": int(self.n_layers)}
        if self.cell == "multiplicative" and self.n_layers != 1:
            raise UsageError("cell='multiplicative' has one layer: set n_layers=1")
        with seeded(seed):
            core = target(KINDS["Recurrent"][self.cell])(
                x.shape[2], int(self.hidden_size), **layers
            )
            net = SeriesNet(
                core,
                len(self.classes_),
                bidirectional=bool(self.bidirectional),
                read=self.read,
                dropout=float(self.dropout),
            )
        net.to(x.dtype)
        frames, length = ends_of(x)
        series, frame = (torch.arange(x.shape[1]) < length[:, None]).nonzero(as_tuple=True)
        weights = columns.get("weights")
        net.standardised.fit(frames[series, frame], None if weights is None else weights[series])
        set_source(net, source)
        self.net_ = net.eval()
        optimiser = torch.optim.AdamW(
            net.parameters(), lr=float(self.learning_rate), weight_decay=float(self.weight_decay)
        )
        batches: Batches[Any] = Batches(columns, size=int(self.batch_size), source=source)
        epochs = passes(self.n_epochs, batches=len(batches), updates=_UPDATES)
        fall = cosine(optimiser, epochs * len(batches))
        clip = None if self.clip is None else float(self.clip)
        learner = Descent(net, optimiser, CrossEntropy(), clip=clip)
        self._forget()
        self.n_epochs_ = self._train(Training(learner, batches, epochs, [fall], source=source))
        self.loss_curve_ = [row["train/loss"] for row in self.history_]

    @neutrally
    @torch.no_grad()
    def _logits(self, X: Any) -> Tensor:  # noqa: ANN401
        check_is_fitted(self)
        if self._table and is_table(X):
            x = new_rows(self, X)[..., None]
        else:
            x = as_series(X, channels=self.net_.channels)
        x = x.to(self.net_.standardised.mean.dtype)
        return torch.cat([self.net_(part) for part in x.split(_AT_ONCE)])

    def predict_log_proba(self, X: Any) -> NDArray[Any]:  # noqa: ANN401
        """log p(class given series), ``(n_series, n_classes)``, in nats."""
        found: NDArray[Any] = self._logits(X).log_softmax(1).numpy()
        return found

    def predict_proba(self, X: Any) -> NDArray[Any]:  # noqa: ANN401
        """p(class given series), ``(n_series, n_classes)``, in the order of ``classes_``."""
        found: NDArray[Any] = self._logits(X).softmax(1).numpy()
        return found

    def decision_function(self, X: Any) -> NDArray[Any]:  # noqa: ANN401
        """Logits, ``(n_series, n_classes)``; for two classes the difference, ``(n_series,)``."""
        return decisions(self._logits(X).numpy())

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: ANN401
        """The most probable class of every series, ``(n_series,)``."""
        found: NDArray[Any] = self.classes_[self._logits(X).argmax(1).numpy()]
        return found
