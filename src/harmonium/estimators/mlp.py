"""The multilayer perceptron as a scikit-learn classifier, with its names of settings."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.metrics import accuracy_score
from sklearn.utils import Tags
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.errors import UsageError
from harmonium.estimators.labels import decisions
from harmonium.estimators.mlp_refusals import in_steps, refuse_early_stopping
from harmonium.estimators.mlp_targets import (
    class_columns,
    has_several_labels,
    label_columns,
    same_classes,
)
from harmonium.estimators.mlp_training import LayeredNet
from harmonium.estimators.renamed import renamed
from harmonium.learning import cross_entropy
from harmonium.learning.objectives import Bernoulli

__all__ = ["MLPClassifier"]


@renamed(n_epochs="max_iter", patience="n_iter_no_change")
@dataclass(eq=False, repr=False)
class MLPClassifier(ClassifierMixin, LayeredNet):
    """A net that classifies, trained by backpropagation.

    Of disjoint classes it learns the cross-entropy of a softmax, with one output for each class,
    also for two. If y is a matrix of 0 and 1, ``(n_samples, n_labels)``, a row can have several
    labels, and it learns the Bernoulli loss. Settings have the names and meanings of
    scikit-learn's ``MLPClassifier``; the initial weights are those of ``nets.MLP``.

    Args:
        hidden_layer_sizes: units of each hidden layer, the lowest first; () for no hidden layer, a
            whole number for one.
        activation: of the hidden layers: "identity", "logistic", "tanh", "relu", and, not in
            scikit-learn, "softsign", "leaky_relu", "elu", "gelu".
        solver: "adam", "sgd", or "lbfgs", which takes all rows at once.
        alpha: strength of the penalty alpha |W|^2 / 2n on the weights, where n is the sum of the
            weights of the rows of a batch.
        batch_size: rows per update; "auto" is 200, or all rows if there are fewer.
        learning_rate: how the rate changes: "constant"; with solver "sgd" also "invscaling",
            divided by (rows seen + 1) ** power_t, and "adaptive", divided by 5 when the loss no
            longer improves; and, not in scikit-learn, "linear", to zero over ``max_iter`` passes.
        learning_rate_init: the first rate.
        power_t: exponent of "invscaling".
        max_iter: maximum number of passes over the rows, or of steps of L-BFGS.
        shuffle: whether the rows are in a new order in every pass.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.
        tol: least improvement of the loss, or of the score with early stopping, in a pass; for
            "lbfgs" the largest gradient at the end.
        verbose: show progress on standard error.
        warm_start: go on from the parameters of the last fit.
        momentum: of "sgd".
        nesterovs_momentum: whether it is Nesterov's.
        early_stopping: hold out a fraction of the rows, stratified by class, and keep the
            parameters with the best score on them.
        validation_fraction: fraction of the rows held out.
        beta_1: decay of the mean of the gradients in "adam".
        beta_2: decay of the mean of their squares.
        epsilon: added to the root of that mean.
        n_iter_no_change: training ends after more than so many passes without improvement.
        max_fun: maximum number of evaluations of the loss by "lbfgs".
        slope: of the activation; None for its default.
        dropout: share of the units of every hidden layer that is switched off at random in
            training; or a list: the share of the inputs, then that of every hidden layer.
        max_norm: largest norm of the weights of every hidden unit; None for no limit.
        weight_decay: decoupled from the gradient with "adam" (AdamW); coupled with "sgd".
        class_weight: "balanced" for the same sum of weights in every class, or class -> weight;
            it multiplies the weights of the rows. Not in scikit-learn.

    Attributes:
        classes_: the labels, sorted; of several labels, their numbers.
        net_: the ``nets.MLP``, in evaluation mode.
        coefs_: weights of every layer, ``(inputs, outputs)``.
        intercepts_: biases of every layer.
        loss_, best_loss_: loss of the last and of the best pass, in nats, without
            the penalty; the best one is None with early stopping.
        loss_curve_: loss of every pass; for "lbfgs", of every evaluation.
        validation_scores_: accuracy of the held-out rows after every pass, None without early
            stopping; the best is ``best_validation_score_``.
        n_iter_: number of passes, or of steps of L-BFGS.
        t_: number of rows that passes have gone through.
        n_layers_, n_outputs_: number of layers, that of the inputs included, and of outputs.
        out_activation_: "softmax", or "logistic" for several labels.
        history_: one mapping per pass, with losses and learning rate.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> X = (X - X.mean(0)) / X.std(0)
    >>> model = MLPClassifier((20,), learning_rate_init=0.01, random_state=0)
    >>> bool(model.fit(X, y).score(X, y) > 0.95)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        **LayeredNet._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), dict, None],
    }

    _: KW_ONLY
    class_weight: Literal["balanced"] | Mapping[Any, float] | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Self:
        """Fits a model; a new one unless ``warm_start`` is set.

        Args:
            X: ``(n_samples, n_features)``.
            y: labels of any type, ``(n_samples,)``; or 0 and 1, ``(n_samples, n_labels)``.
            sample_weight: importance of the rows; rows of zero weight are left out.

        Raises:
            ValueError: values are NaN or infinite, or there are fewer than two classes.
        """
        warm = self.warm_start and "net_" in self.__dict__
        columns, classes = self._classified((X, y), sample_weight, classes=None, first=not warm)
        if warm:
            same_classes(self, classes)
        self._prepare(columns, classes, first=not warm)
        self._fit_columns(columns)
        return self

    @available_if(in_steps)
    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        *,
        sample_weight: ArrayLike | None = None,
        classes: ArrayLike | None = None,
    ) -> Self:
        """One pass over the given rows; the first call makes the net.

        Args:
            X: ``(n_samples, n_features)``.
            y: labels, as for ``fit``.
            sample_weight: importance of the rows; rows of zero weight are left out.
            classes: all labels of all calls; needed at the first call if y lacks some.

        Raises:
            ValueError: a label is not one of the classes, or early stopping is set.
        """
        refuse_early_stopping(self)
        first = "net_" not in self.__dict__
        known = None if classes is None else np.unique(np.asarray(classes))
        known = known if first else self.classes_
        columns, found = self._classified((X, y), sample_weight, classes=known, first=first)
        self._prepare(columns, found, first=first)
        self._in_minibatches(self._cast(columns), None, passes=1)
        return self

    def _classified(
        self,
        given: tuple[ArrayLike, ArrayLike],
        sample_weight: ArrayLike | None,
        *,
        classes: NDArray[Any] | None,
        first: bool,
    ) -> tuple[dict[str, Tensor], NDArray[Any]]:
        """Columns and classes; sets whether rows have several labels."""
        several = has_several_labels(given[1]) if first else self._several
        if not several:
            self._several: bool = False
            return class_columns(
                self, given, sample_weight=sample_weight, classes=classes, reset=first
            )
        if self.class_weight is not None:
            raise UsageError(
                "class_weight weighs rows by their class, and rows of y have several labels: "
                "leave it out, or give sample_weight"
            )
        columns = label_columns(self, given, sample_weight=sample_weight, reset=first)
        self._several = True
        return columns, np.arange(columns["y"].shape[1])

    def _prepare(self, columns: dict[str, Tensor], classes: NDArray[Any], *, first: bool) -> None:
        if first:
            self.classes_ = classes
            self.out_activation_ = "logistic" if self._several else "softmax"
            kind = "probabilities" if self._several else "classes"
            self._start(columns["x"], outputs=len(classes), kind=kind)

    def _objective(self) -> Any:  # noqa: ANN401
        return Bernoulli() if self._several else cross_entropy

    def _score_of(self, columns: Mapping[str, Tensor]) -> tuple[str, float]:
        logits, y = self.net_(columns["x"]), columns["y"]
        decided = (logits > 0).to(y) if self._several else logits.argmax(1)
        weights = columns.get("weights")
        return "accuracy", float(accuracy_score(y.numpy(), decided.numpy(), sample_weight=weights))

    @neutrally
    @torch.no_grad()
    def predict_log_proba(self, X: ArrayLike) -> NDArray[Any]:
        """log p(class given row), ``(n_samples, n_classes)``, in nats."""
        logits: Tensor = self.net_(self._rows(X))
        found = torch.nn.functional.logsigmoid(logits) if self._several else logits.log_softmax(1)
        return found.numpy()

    def predict_proba(self, X: ArrayLike) -> NDArray[Any]:
        """p(class given row), ``(n_samples, n_classes)``, in the order of ``classes_``.

        Of several labels, the probability of each.
        """
        return np.exp(self.predict_log_proba(X))

    @neutrally
    @torch.no_grad()
    def decision_function(self, X: ArrayLike) -> NDArray[Any]:
        """Logits, ``(n_samples, n_classes)``; for two classes the difference, ``(n_samples,)``."""
        logits = self.net_(self._rows(X)).numpy()
        return logits if self._several else decisions(logits)

    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """The most probable class of every row; of several labels, those above one half."""
        log_p = self.predict_log_proba(X)
        if self._several:
            return (log_p > np.log(0.5)).astype(int)
        return self.classes_[log_p.argmax(1)]

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
