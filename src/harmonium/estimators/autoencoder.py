"""An autoencoder as a scikit-learn transformer."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import _fit_context
from sklearn.utils._param_validation import Interval, StrOptions

from harmonium import nets
from harmonium.ambient import neutrally
from harmonium.data import Corrupt
from harmonium.errors import UsageError
from harmonium.estimators.codec import CodecEstimator, kind_of
from harmonium.estimators.estimator import fresh_seed
from harmonium.estimators.frames import FLOATS, used_rows, validate_data
from harmonium.learning import Coding, SquaredError
from harmonium.learning.objectives import Bernoulli
from harmonium.nets.codes import KSparse
from harmonium.nets.dropout import set_source
from harmonium.random import generator, seeded
from harmonium.registry import KINDS, target

__all__ = ["Autoencoder"]


@dataclass(eq=False, repr=False)
class Autoencoder(CodecEstimator):
    """A net that reproduces its rows through a code of few numbers; see ``nets.Autoencoder``.

    Args:
        hidden_layer_sizes: units of each layer of the encoder; the last is the size of the code.
        activation: of the hidden layers: "logistic", "tanh", "relu", "leaky_relu", "elu", "gelu",
            "identity".
        code: "linear", or "activation" for a code with the activation of the hidden layers.
        outputs: kind of the values: "probabilities" in [0, 1], "values", or "auto" to choose by
            their range.
        tied: whether the decoder has the encoder's weights, transposed.
        corruption: fraction of the input values that are corrupted, drawn anew in every update,
            to train a denoising autoencoder.
        noise: how they are corrupted: "masking" sets them to 0, "salt_pepper" to 0 or 1,
            "uniform" to a random number in [0, 1], "gaussian" adds a normal one of standard
            deviation 0.5.
        penalty: name of a penalty that keeps the code simple, such as "contractive", or None;
            see ``learning.code_penalties``. The contractive one is exact for one hidden layer,
            and estimated from one random vector for several.
        penalty_strength: weight of the penalty.
        target_rate: mean activity of the units of the code that the penalty "rate" aims at.
        kept: numbers of each code that are kept, the largest; the others are 0. None: all.
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
        net_: the ``nets.Autoencoder``.
        loss_curve_: mean loss of each epoch, per row: nats, or half the squared error.
        validation_scores_: minus the mean loss of the held-out rows after each epoch.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with losses and learning rate.

    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(300, 2)) @ [[1, 2, 0, 1], [0, 1, 1, 1]]
    >>> model = Autoencoder((2,), activation="identity", learning_rate=0.02, random_state=0)
    >>> bool(model.fit(X).score(X) > -0.01)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        **CodecEstimator._parameter_constraints,
        "code": [StrOptions({"linear", "activation"})],
        "outputs": [StrOptions({"auto", "probabilities", "values"})],
        "tied": ["boolean"],
        "corruption": [Interval(Real, 0, 1, closed="left")],
        "noise": [StrOptions({"masking", "salt_pepper", "gaussian", "uniform"})],
        "penalty": [StrOptions({*KINDS["CodePenalty"]}), None],
        "penalty_strength": [Interval(Real, 0, None, closed="left")],
        "target_rate": [Interval(Real, 0, 1, closed="neither")],
        "kept": [Interval(Integral, 1, None, closed="left"), None],
    }

    hidden_layer_sizes: Sequence[int] = (100, 10)
    _: KW_ONLY
    code: Literal["linear", "activation"] = "linear"
    outputs: Literal["auto", "probabilities", "values"] = "auto"
    tied: bool = False
    corruption: float = 0.0
    noise: Literal["masking", "salt_pepper", "gaussian", "uniform"] = "masking"
    penalty: str | None = None
    penalty_strength: float = 0.1
    target_rate: float = 0.05
    kept: int | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: ArrayLike, y: object = None, *, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features)``.
            y: not used.
            sample_weight: importance of the rows; rows of zero weight are left out.

        Raises:
            ValueError: values are NaN or infinite, or not probabilities as ``outputs`` requires,
                or settings contradict each other.
        """
        del y
        rows = validate_data(self, X, dtype=FLOATS)
        used, weights = used_rows(sample_weight, rows)
        x = torch.from_numpy(rows[used])
        kind = kind_of(x, self.outputs, real="values")
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        with seeded(seed):
            net: Any = nets.Autoencoder(
                self._sizes(x.shape[1]),
                activation=self.activation,  # type: ignore[arg-type]
                code=self._code(),
                outputs=kind,
                tied=bool(self.tied),
            )
        set_source(net, source)
        corrupt = Corrupt(self.noise, float(self.corruption))
        objective = Coding(
            Bernoulli() if kind == "probabilities" else SquaredError(),
            damage=partial(corrupt, source=source) if self.corruption else None,
            penalties=self._penalties(source),
            figure=None if self.penalty is None else "cost",
        )
        self._learn(
            net.to(x.dtype), {"x": x, "weights": weights}, objective=objective, source=source
        )
        return self

    @neutrally
    @torch.no_grad()
    def score_samples(self, X: ArrayLike) -> NDArray[Any]:
        """Minus the mean squared error per value of every reconstructed row, ``(n_samples,)``."""
        x = self._rows(X)
        return -(self.net_.reconstruct(x) - x).square().mean(1).numpy()

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Minus the mean squared error per value over all rows; greater is better."""
        del y
        errors = self.score_samples(X)
        return float(errors.mean())

    def _code(self) -> Any:  # noqa: ANN401
        """The code of the net.

        Raises:
            ValueError: numbers of a code with an activation of its own are to be kept.
        """
        if self.kept is None:
            return self.code
        if self.code != "linear":
            raise UsageError(
                f"kept is {self.kept}, and the largest of linear numbers are kept: set "
                "code='linear', or kept=None"
            )
        return KSparse(int(self.kept))

    def _penalties(self, source: torch.Generator) -> list[Any]:
        """The penalty, as a list, with the generator of its random numbers."""
        if self.penalty is None:
            return []
        settings: dict[str, Any] = {"strength": float(self.penalty_strength)}
        if self.penalty == "rate":
            settings["target"] = float(self.target_rate)
        if self.penalty == "contractive" and len([*self.hidden_layer_sizes]) > 1:
            settings["probes"] = 1
        made = target(KINDS["CodePenalty"][self.penalty])(**settings)
        if hasattr(made, "source"):
            made.source = source
        return [made]
