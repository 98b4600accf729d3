"""The multilayer perceptron as a scikit-learn regressor, with its names of settings."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar, Literal, Self

import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import RegressorMixin, _fit_context
from sklearn.metrics import r2_score
from sklearn.utils import Tags
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.errors import UsageError
from harmonium.estimators.mlp_refusals import in_steps, refuse_early_stopping
from harmonium.estimators.mlp_targets import value_columns
from harmonium.estimators.mlp_training import LayeredNet
from harmonium.estimators.renamed import renamed
from harmonium.learning import SquaredError

__all__ = ["MLPRegressor"]


@renamed(n_epochs="max_iter", patience="n_iter_no_change")
@dataclass(eq=False, repr=False)
class MLPRegressor(RegressorMixin, LayeredNet):
    """A net that predicts real values, trained by backpropagation of the squared error.

    Targets are learned in units of their standard deviation, so that their scale does not matter;
    losses are in units of their variance. Settings have the names and meanings of scikit-learn's
    ``MLPRegressor``; the initial weights are those of ``nets.MLP``.

    Args:
        hidden_layer_sizes: units of each hidden layer, the lowest first; () for no hidden layer, a
            whole number for one.
        activation: of the hidden layers: "identity", "logistic", "tanh", "relu", and, not in
            scikit-learn, "softsign", "leaky_relu", "elu", "gelu".
        loss: "squared_error"; scikit-learn's "poisson" is not supported.
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
        early_stopping: hold out a fraction of the rows, and keep the parameters with the
            best score on them.
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

    Attributes:
        net_: the ``nets.MLP``, in evaluation mode.
        coefs_: weights of every layer, ``(inputs, outputs)``.
        intercepts_: biases of every layer.
        loss_, best_loss_: loss of the last and of the best pass, half the mean squared error,
            without the penalty; the best one is None with early stopping.
        loss_curve_: loss of every pass; for "lbfgs", of every evaluation.
        validation_scores_: R^2 of the held-out rows after every pass, None without early
            stopping; the best is ``best_validation_score_``.
        n_iter_: number of passes, or of steps of L-BFGS.
        t_: number of rows that passes have gone through.
        n_layers_, n_outputs_: number of layers, that of the inputs included, and of outputs.
        out_activation_: "identity".
        history_: one mapping per pass, with losses and learning rate.

    >>> import numpy as np
    >>> X = np.linspace(-3, 3, 200)[:, None]
    >>> model = MLPRegressor((20,), activation="tanh", solver="lbfgs", random_state=0)
    >>> bool(model.fit(X, 100 * np.sin(X[:, 0])).score(X, 100 * np.sin(X[:, 0])) > 0.99)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        **LayeredNet._parameter_constraints,
        "loss": [StrOptions({"squared_error"})],
    }

    _: KW_ONLY
    loss: Literal["squared_error"] = "squared_error"

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None) -> Self:
        """Fits a model; a new one unless ``warm_start`` is set.

        Args:
            X: ``(n_samples, n_features)``.
            y: targets, ``(n_samples,)`` or ``(n_samples, n_outputs)``.
            sample_weight: importance of the rows; rows of zero weight are left out.

        Raises:
            ValueError: values are NaN or infinite.
        """
        first = not (self.warm_start and "net_" in self.__dict__)
        self._fit_columns(self._prepared((X, y), sample_weight, first=first))
        return self

    @available_if(in_steps)
    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: ArrayLike, y: ArrayLike, *, sample_weight: ArrayLike | None = None
    ) -> Self:
        """One pass over the given rows; the first call makes the net, and sets the units of y.

        Args:
            X: ``(n_samples, n_features)``.
            y: targets, as for ``fit``.
            sample_weight: importance of the rows; rows of zero weight are left out.

        Raises:
            ValueError: values are NaN or infinite, or early stopping is set.
        """
        refuse_early_stopping(self)
        columns = self._prepared((X, y), sample_weight, first="net_" not in self.__dict__)
        self._in_minibatches(columns, None, passes=1)
        return self

    def _prepared(
        self, given: tuple[ArrayLike, ArrayLike], sample_weight: ArrayLike | None, *, first: bool
    ) -> dict[str, Tensor]:
        columns, flat = value_columns(self, given, sample_weight=sample_weight, reset=first)
        outputs = columns["y"].shape[1]
        if first:
            self.out_activation_ = "identity"
            self._start(columns["x"], outputs=outputs, kind="values")
            self.net_.rescaled.fit(columns["y"], columns.get("weights"))
        elif outputs != self.n_outputs_:
            raise UsageError(
                f"y has {outputs} targets, and the net {self.n_outputs_} outputs: give as many "
                "targets as before"
            )
        self._flat = flat
        return self._cast(columns)

    def _objective(self) -> Any:  # noqa: ANN401
        return SquaredError()

    def _score_of(self, columns: Mapping[str, Tensor]) -> tuple[str, float]:
        predicted, weights = self.net_(columns["x"]).numpy(), columns.get("weights")
        return "r2", float(r2_score(columns["y"].numpy(), predicted, sample_weight=weights))

    @neutrally
    @torch.no_grad()
    def predict(self, X: ArrayLike) -> NDArray[Any]:
        """Expected targets, in the shape of ``y`` in ``fit``."""
        found = self.net_(self._rows(X)).numpy()
        return found[:, 0] if self._flat else found

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
