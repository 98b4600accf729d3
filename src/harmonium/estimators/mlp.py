"""Multilayer perceptrons as scikit-learn estimators."""

from typing import Any, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, RegressorMixin, _fit_context
from sklearn.utils import Tags
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.estimators.estimator import fresh_seed
from harmonium.estimators.frames import FLOATS, used_rows, validate_data
from harmonium.estimators.labels import decisions
from harmonium.estimators.net import NetEstimator, class_codes, labelled_rows
from harmonium.learning import SquaredError, cross_entropy
from harmonium.nets import MLP
from harmonium.random import generator, seeded

__all__ = ["MLPClassifier", "MLPRegressor"]


class _Perceptrons(NetEstimator):
    """A multilayer perceptron with the given hidden layers."""

    def _made(self, x: Tensor, *, outputs: int, kind: str) -> tuple[Any, torch.Generator]:
        """Makes a net for rows, and the random generator for all further draws."""
        self._seed = seed = fresh_seed(self.random_state)
        sizes = [x.shape[1], *map(int, self.hidden_layer_sizes), outputs]
        with seeded(seed):
            net: Any = MLP(sizes, activation=self.activation, outputs=kind)  # type: ignore[arg-type]
        return net.to(x.dtype), generator(seed)


class MLPClassifier(ClassifierMixin, _Perceptrons):
    """A net that classifies, trained by backpropagation of the cross-entropy.

    Args:
        hidden_layer_sizes: units of each hidden layer, the lowest first; () for no hidden layer.
        activation: of the hidden layers: "logistic", "tanh", "relu", "leaky_relu", "elu", "gelu".
        weight_decay: Adam's decoupled weight decay.
        n_epochs: passes over the rows; None for as many as 2000 updates take, at least 10.
        learning_rate: of Adam; it falls to zero.
        batch_size: rows per update.
        early_stopping: hold out a fraction of the rows and keep the parameters with the lowest
            loss on them.
        validation_fraction: fraction of the rows held out.
        patience: epochs without improvement before stopping.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        classes_: the labels, sorted.
        net_: the ``nets.MLP``, with logits as outputs.
        loss_curve_: mean cross-entropy of each epoch, in nats.
        validation_scores_: minus the mean cross-entropy of the held-out rows after each epoch.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with losses and learning rate.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> X = (X - X.mean(0)) / X.std(0)
    >>> bool(MLPClassifier((20,), random_state=0).fit(X, y).score(X, y) > 0.95)
    True
    """

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features)``.
            y: labels of any type, ``(n_samples,)``.
            sample_weight: importance of the rows; rows of zero weight are left out.

        Raises:
            ValueError: values are NaN or infinite, or there are fewer than two classes.
        """
        x, labels, weights = labelled_rows(self, (X, y), sample_weight=sample_weight, reset=True)
        self.classes_ = np.unique(labels)
        codes = class_codes(labels, self.classes_)
        net, source = self._made(x, outputs=len(self.classes_), kind="classes")
        columns = {"x": x, "y": codes, "weights": weights}
        self._restart()
        self._learn(net, columns, objective=cross_entropy, source=source)
        return self

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """One pass over the given rows at a constant rate; the first call makes the net.

        Args:
            X: ``(n_samples, n_features)``.
            y: labels, ``(n_samples,)``.
            classes: all labels of all calls; needed at the first call if y lacks some.
            sample_weight: importance of the rows; rows of zero weight are left out.

        Raises:
            ValueError: a label is not one of the classes.
        """
        first = "net_" not in self.__dict__
        x, labels, weights = labelled_rows(self, (X, y), sample_weight=sample_weight, reset=first)
        if first:
            self.classes_ = np.unique(labels if classes is None else np.asarray(classes))
        codes = class_codes(labels, self.classes_)
        if first:
            self.net_, self._source = self._made(x, outputs=len(self.classes_), kind="classes")
        columns = {"x": x.to(self.net_.outputs.weight.dtype), "y": codes, "weights": weights}
        self._pass(columns, cross_entropy)
        return self

    @neutrally
    @torch.no_grad()
    def predict_log_proba(self, X: ArrayLike) -> NDArray[Any]:
        """log p(class given row), ``(n_samples, n_classes)``, in nats."""
        x = self._rows(X)
        return self.net_(x).log_softmax(1).numpy()

    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """p(class given row), ``(n_samples, n_classes)``, in the order of ``classes_``."""
        return np.exp(self.predict_log_proba(X))

    @neutrally
    @torch.no_grad()
    def decision_function(self, X: ArrayLike) -> NDArray[Any]:
        """Logits, ``(n_samples, n_classes)``; for two classes the difference, ``(n_samples,)``."""
        x = self._rows(X)
        logits = self.net_(x).numpy()
        return decisions(logits)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of every row."""
        best = self.predict_log_proba(X).argmax(1)
        return self.classes_[best]


class MLPRegressor(RegressorMixin, _Perceptrons):
    """A net that predicts real values, trained by backpropagation of the squared error.

    Targets are learned in units of their standard deviation, so that their scale does not matter.

    Args:
        hidden_layer_sizes: units of each hidden layer, the lowest first; () for no hidden layer.
        activation: of the hidden layers: "logistic", "tanh", "relu", "leaky_relu", "elu", "gelu".
        weight_decay: Adam's decoupled weight decay.
        n_epochs: passes over the rows; None for as many as 2000 updates take, at least 10.
        learning_rate: of Adam; it falls to zero.
        batch_size: rows per update.
        early_stopping: hold out a fraction of the rows and keep the parameters with the lowest
            loss on them.
        validation_fraction: fraction of the rows held out.
        patience: epochs without improvement before stopping.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        net_: the ``nets.MLP``, with values as outputs.
        loss_curve_: half the mean squared error of each epoch, in units of the targets' variance.
        validation_scores_: minus the same loss of the held-out rows after each epoch.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with losses and learning rate.

    >>> X = np.linspace(-3, 3, 200)[:, None]
    >>> model = MLPRegressor((20,), activation="tanh", learning_rate=0.02, random_state=0)
    >>> bool(model.fit(X, 100 * np.sin(X[:, 0])).score(X, 100 * np.sin(X[:, 0])) > 0.99)
    True
    """

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features)``.
            y: targets, ``(n_samples,)`` or ``(n_samples, n_outputs)``.
            sample_weight: importance of the rows; rows of zero weight are left out.

        Raises:
            ValueError: values are NaN or infinite.
        """
        columns = self._as_columns((X, y), sample_weight, first=True)
        net, source = self._made(columns["x"], outputs=columns["y"].shape[1], kind="values")
        net.rescaled.fit(columns["y"], columns["weights"])
        self._restart()
        self._learn(net, columns, objective=SquaredError(), source=source)
        return self

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None
    ) -> Self:
        """One pass over the given rows at a constant rate; the first call makes the net.

        The first call sets the units of the targets.

        Args:
            X: ``(n_samples, n_features)``.
            y: targets, as for ``fit``.
            sample_weight: importance of the rows; rows of zero weight are left out.

        Raises:
            ValueError: values are NaN or infinite.
        """
        first = "net_" not in self.__dict__
        columns = self._as_columns((X, y), sample_weight, first=first)
        if first:
            outputs = columns["y"].shape[1]
            self.net_, self._source = self._made(columns["x"], outputs=outputs, kind="values")
            self.net_.rescaled.fit(columns["y"], columns["weights"])
        kind = next(self.net_.parameters()).dtype
        columns = {name: x.to(kind) for name, x in columns.items()}
        self._pass(columns, SquaredError())
        return self

    def _as_columns(
        self, given: tuple[ArrayLike, ArrayLike], sample_weight: ArrayLike | None, *, first: bool
    ) -> dict[str, Tensor]:
        X, y = validate_data(
            self, *given, dtype=FLOATS, multi_output=True, y_numeric=True, reset=first
        )
        used, weights = used_rows(sample_weight, X)
        self._flat = y.ndim == 1
        x = torch.from_numpy(X[used])
        targets = torch.from_numpy(np.asarray(y, dtype=X.dtype)[used]).reshape(len(x), -1)
        return {"x": x, "y": targets, "weights": weights}

    @neutrally
    @torch.no_grad()
    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Expected targets, in the shape of ``y`` in ``fit``."""
        x = self._rows(X)
        found = self.net_(x).numpy()
        return found[:, 0] if self._flat else found

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
