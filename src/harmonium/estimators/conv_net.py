"""A convolutional net as a scikit-learn classifier of pictures."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.model_selection import train_test_split
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor, nn

from harmonium.ambient import neutrally
from harmonium.data import Batches, BatchTransform, Numbers, Picture
from harmonium.data.picture_noise import fitted
from harmonium.errors import UsageError
from harmonium.estimators.defaults import passes
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import new_rows
from harmonium.estimators.image_rows import as_rows, shape_of_rows
from harmonium.estimators.labels import decisions
from harmonium.estimators.mlp_targets import class_columns
from harmonium.learning import (
    Averaged,
    CrossEntropy,
    Descent,
    EarlyStopping,
    Training,
    Watch,
    cosine,
)
from harmonium.nets.dropout import set_source
from harmonium.nets.net import Net
from harmonium.random import generator, seeded

__all__ = ["PRESETS", "ConvNetClassifier"]

_UPDATES = 1000
"""Minimum number of updates if no number of epochs is given."""

_BLOCK = 1000
"""Rows that are predicted at once."""

_POOL = {"kernel_size": 2, "ceil_mode": True}
_TANH = {"type": "scaled_tanh"}

PRESETS: dict[str, Sequence[Any]] = {
    "small": [
        {"type": "conv2d", "name": "conv1", "out_channels": 16, "kernel_size": 3, "padding": 1},
        "relu",
        {"type": "max_pool2d", **_POOL},
        {"type": "conv2d", "name": "conv2", "out_channels": 32, "kernel_size": 3, "padding": 1},
        "relu",
        {"type": "max_pool2d", **_POOL},
        "flatten",
        {"type": "linear", "name": "hidden", "out_features": 64},
        "relu",
    ],
    "lenet5": [
        {"type": "conv2d", "name": "c1", "out_channels": 6, "kernel_size": 5, "padding": 2},
        _TANH,
        {"type": "avg_pool2d", "kernel_size": 2},
        {"type": "conv2d", "name": "c3", "out_channels": 16, "kernel_size": 5},
        _TANH,
        {"type": "avg_pool2d", "kernel_size": 2},
        "flatten",
        {"type": "linear", "name": "c5", "out_features": 120},
        _TANH,
        {"type": "linear", "name": "f6", "out_features": 84},
        _TANH,
    ],
}
"""Layers of named nets, without the output layer."""


@dataclass(eq=False, repr=False)
class ConvNetClassifier(ClassifierMixin, Trained):
    """A convolutional net that classifies pictures, trained with Adam on the cross-entropy.

    X holds pictures, ``(n, height, width)``, ``(n, channels, height, width)`` or ``(n, height,
    width, channels)``, or flat rows ``(n, n_features)``. Whole numbers become float32, and uint8
    is divided by 255; otherwise the net computes in the precision of X: float32 is twice as fast.

    Args:
        layers: those below the output layer, as in ``nets.Net``; or the name of a preset: "small"
            (two convolutions) or "lenet5" (for pictures of 28 x 28).
        shape: of flat rows, (height, width) or (channels, height, width); None for a line of
            numbers, over which the preset "small" convolves in one dimension.
        augmentation: random transforms of the pictures of every batch, such as ``data.Affine`` and
            ``data.Elastic``, or a list, in turn; None for none.
        n_epochs: passes over the rows; None for as many as 1000 updates take, at least 10.
        batch_size: rows per update.
        learning_rate: of Adam; it falls to zero along half a cosine.
        weight_decay: decoupled from the gradient (AdamW).
        smoothing: of the labels, from 0 to below 1.
        average: decay of a moving average of the weights, which is then the fitted net; None for
            the weights themselves.
        early_stopping: hold out a fraction of the rows, stratified by class, and keep the
            parameters of the least error on them.
        validation_fraction: fraction of the rows held out.
        patience: training ends after so many epochs without improvement.
        class_weight: "balanced" for the same sum of weights in every class, or class -> weight.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit.

    Attributes:
        classes_: the labels, sorted.
        net_: the ``nets.Net``, in evaluation mode.
        picture_shape_: shape in which it reads a row, (channels, height, width).
        loss_curve_: mean loss of each epoch, nats.
        validation_scores_: accuracy of the held-out rows after each epoch; None without early
            stopping.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with losses and learning rate.

    >>> from sklearn.datasets import load_digits
    >>> digits = load_digits()
    >>> X, y = (digits.images / 16).astype("float32"), digits.target
    >>> model = ConvNetClassifier(n_epochs=12, learning_rate=5e-3, random_state=0)
    >>> bool(model.fit(X[:1000], y[:1000]).score(X[1000:], y[1000:]) > 0.9)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "layers": [StrOptions({*PRESETS}), list, tuple],
        "shape": ["array-like", None],
        "augmentation": [BatchTransform, list, tuple, None],
        "n_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "smoothing": [Interval(Real, 0, 1, closed="left")],
        "average": [Interval(Real, 0, 1, closed="left"), None],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    layers: str | Sequence[str | Mapping[str, Any]] = "small"
    _: KW_ONLY
    shape: Sequence[int] | None = None
    augmentation: BatchTransform | Sequence[BatchTransform] | None = None
    n_epochs: int | None = None
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 1e-2
    smoothing: float = 0.0
    average: float | None = None
    early_stopping: bool = False
    validation_fraction: float = 0.1
    patience: int = 10
    class_weight: Literal["balanced"] | Mapping[Any, float] | None = None
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: pictures or flat rows.
            y: labels of any type, ``(n_samples,)``.
            sample_weight: importance of the rows; rows of zero weight are left out.

        Raises:
            ValueError: values are NaN or infinite, there are fewer than two classes, or the
                pictures are too small for the layers.
        """
        rows, picture = as_rows(X)
        columns, self.classes_ = class_columns(
            self, (rows, y), sample_weight=sample_weight, classes=None, reset=True
        )
        width = columns["x"].shape[1]
        self.picture_shape_ = picture or shape_of_rows(width, self.shape)
        seed = fresh_seed(self.random_state)
        with seeded(seed):
            net = Net(self.picture_shape_, self._described(len(self.classes_)))
        net.to(columns["x"].dtype)
        pictures = columns["x"].reshape(-1, *self.picture_shape_)
        self._learn(net, {**columns, "x": pictures}, seed=seed)
        return self

    def _described(self, classes: int) -> list[Any]:
        """All layers, with an output layer of one output for each class."""
        listed = PRESETS[self.layers] if isinstance(self.layers, str) else self.layers
        if self.layers == "small" and len(self.picture_shape_) == 2:
            listed = [_in_one_dimension(layer) for layer in listed]
        head = {"type": "linear", "name": "outputs", "out_features": classes}
        flat = [] if any(_type(layer) == "flatten" for layer in listed) else ["flatten"]
        return [*listed, *flat, head]

    def _learn(self, net: Net, columns: Mapping[str, Tensor], *, seed: int) -> None:
        """Trains; sets ``net_`` and the results."""
        source = generator(seed)
        watches: list[Watch] = []
        stopping = None
        self.net_ = net
        if self.early_stopping:
            columns, held = self._parted(columns, seed)
            watches = [_Held(net, held)]
            stopping = EarlyStopping("val/error", self.patience, tie="val/loss")
        learned = net if self.average is None else copy.deepcopy(net)
        set_source(learned, source)
        optimiser = torch.optim.AdamW(
            learned.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )
        learner: Any = Descent(learned, optimiser, CrossEntropy(self.smoothing))
        if self.average is not None:
            learner = Averaged(net, learner, decay=self.average)
        batches: Batches[Any] = Batches(
            columns, size=self.batch_size, source=source, transform=self._transform(source)
        )
        epochs = passes(self.n_epochs, batches=len(batches), updates=_UPDATES)
        fall = cosine(optimiser, epochs * len(batches))
        training = Training(
            learner, batches, epochs, [fall], stopping=stopping, source=source, watches=watches
        )
        self._forget()
        self.n_epochs_ = self._train(training)
        self.loss_curve_ = [row["train/loss"] for row in self.history_]
        scores = [1 - row["val/error"] for row in self.history_ if stopping is not None]
        self.validation_scores_ = scores if stopping is not None else None

    def _transform(self, source: torch.Generator) -> Any:  # noqa: ANN401
        given = self.augmentation
        if given is None or (isinstance(given, Sequence) and not given):
            return None
        steps = list(given) if isinstance(given, Sequence) else [given]
        if strange := [step for step in steps if not isinstance(step, BatchTransform)]:
            raise UsageError(
                f"augmentation has {strange[0]!r}: give random transforms of pictures, such as "
                "data.Affine()"
            )
        shape = self.picture_shape_
        kind: Any = Picture((shape[0], shape[1], shape[2])) if len(shape) == 3 else Numbers(shape)
        changed = fitted(steps, kind)
        return lambda x: changed(x, source)

    def _parted(
        self, columns: Mapping[str, Tensor], seed: int
    ) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Splits rows into training rows and held-out rows, stratified by class."""
        n = len(columns["x"])
        if n < 2:
            raise UsageError("early stopping needs two rows; set early_stopping=False")
        parts = train_test_split(
            np.arange(n),
            test_size=self.validation_fraction,
            random_state=seed,
            stratify=columns["y"].numpy(),
        )
        learned, held = (torch.from_numpy(np.sort(part)) for part in parts)
        return (
            {name: x[learned] for name, x in columns.items()},
            {name: x[held] for name, x in columns.items()},
        )

    @neutrally
    @torch.no_grad()
    def _logits(self, X: ArrayLike) -> Tensor:
        rows, _ = as_rows(X, self.__dict__.get("picture_shape_"))
        x = new_rows(self, rows).to(next(self.net_.parameters()).dtype)
        return torch.cat([self.net_(part) for part in x.split(_BLOCK)])

    def predict_log_proba(self, X: ArrayLike) -> NDArray[Any]:
        """log p(class given row), ``(n_samples, n_classes)``, in nats."""
        found: NDArray[Any] = self._logits(X).log_softmax(1).numpy()
        return found

    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """p(class given row), ``(n_samples, n_classes)``, in the order of ``classes_``."""
        found: NDArray[Any] = self._logits(X).softmax(1).numpy()
        return found

    def decision_function(self, X: ArrayLike) -> NDArray[Any]:
        """Logits, ``(n_samples, n_classes)``; for two classes the difference, ``(n_samples,)``."""
        return decisions(self._logits(X).numpy())

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of every row."""
        found: NDArray[Any] = self.classes_[self._logits(X).argmax(1).numpy()]
        return found


class _Held(Watch):
    """Error and loss of held-out rows."""

    def __init__(self, net: nn.Module, held: Mapping[str, Tensor]) -> None:
        self.net, self.held = net, held

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """``val/error`` and ``val/loss``, weighted by the rows."""
        del epoch
        x, y = self.held["x"], self.held["y"]
        log_p = torch.cat([self.net(part) for part in x.split(_BLOCK)]).log_softmax(1)
        weights = self.held.get("weights", torch.ones_like(log_p[:, 0]))
        wrong = (log_p.argmax(1) != y).to(weights)
        lost = -log_p.gather(1, y[:, None])[:, 0]
        total = weights.sum()
        return {
            "val/error": float((weights * wrong).sum() / total),
            "val/loss": float((weights * lost).sum() / total),
        }


def _type(layer: Any) -> str:  # noqa: ANN401
    return str(layer.get("type") if isinstance(layer, Mapping) else layer)


def _in_one_dimension(layer: Any) -> Any:  # noqa: ANN401
    """The same layer over a line of numbers."""
    if not isinstance(layer, Mapping):
        return layer
    return {**layer, "type": layer["type"].replace("2d", "1d")}
