"""A sigmoid belief net as a scikit-learn transformer and density."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import (
    ClassNamePrefixFeaturesOutMixin,
    DensityMixin,
    TransformerMixin,
    _fit_context,
)
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from harmonium import nets
from harmonium.ambient import neutrally
from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.errors import UsageError
from harmonium.estimators.codec import kind_of
from harmonium.estimators.conditioned import seed_of
from harmonium.estimators.estimator import fresh_seed
from harmonium.estimators.frames import FLOATS, used_rows, validate_data
from harmonium.estimators.net import Descending
from harmonium.learning.objectives import WakeSleep
from harmonium.memory import need
from harmonium.nets.bounded_belief import bounds
from harmonium.random import generator, seeded

__all__ = ["SigmoidBeliefNet"]

_ROWS = 64
"""Rows whose bounds are computed at once in ``score_samples``."""


@dataclass(eq=False, repr=False)
class SigmoidBeliefNet(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, DensityMixin, Descending
):
    """A directed net of binary hidden layers, from which rows are drawn in one pass down.

    It learns by wake-sleep (Hinton et al., 1995, https://doi.org/10.1126/science.7761831), or with
    several samples by reweighted wake-sleep (Bornschein and Bengio, 2015,
    https://arxiv.org/abs/1406.2751). See ``nets.SigmoidBeliefNet``.

    Args:
        hidden_layer_sizes: units of each hidden layer, the lowest first.
        outputs: kind of the values: "probabilities" in [0, 1], "gaussian" real values with
            learned standard deviations, or "auto" to choose by their range.
        samples: of the hidden layers, for each row in learning.
        recognition: phases in which the recognition net learns: "sleep", "wake" or "both"; one
            sample needs "sleep".
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
        net_: the ``nets.SigmoidBeliefNet``.
        loss_curve_: mean loss of each epoch, minus the bound of the samples, in nats per row.
        validation_scores_: minus the mean loss of the held-out rows after each epoch.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with losses and learning rate.

    >>> import numpy as np
    >>> X = (np.random.default_rng(0).random((200, 4)) < [0.1, 0.9, 0.1, 0.9]).astype(float)
    >>> model = SigmoidBeliefNet((3,), random_state=0).fit(X)
    >>> bool(-1.6 < model.score(X) < -1.1), model.sample(3).shape
    (True, (3, 4))
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        **Descending._parameter_constraints,
        "outputs": [StrOptions({"auto", "probabilities", "gaussian"})],
        "samples": [Interval(Integral, 1, None, closed="left")],
        "recognition": [StrOptions({"sleep", "wake", "both"})],
    }

    hidden_layer_sizes: Sequence[int] = (100,)
    _: KW_ONLY
    outputs: Literal["auto", "probabilities", "gaussian"] = "auto"
    samples: int = 5
    recognition: Literal["sleep", "wake", "both"] = "both"
    learning_rate: float = 3e-3

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
            ValueError: values are NaN or infinite, or not probabilities as ``outputs`` requires;
                there are no layers; or one sample is combined with the phase wake.
        """
        del y
        rows = validate_data(self, X, dtype=FLOATS)
        used, weights = used_rows(sample_weight, rows)
        x = torch.from_numpy(rows[used])
        kind: Any = kind_of(x, self.outputs, real="gaussian")
        objective = WakeSleep(int(self.samples), self.recognition)
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        with seeded(seed):
            net = nets.SigmoidBeliefNet([x.shape[1], *self._sizes()], outputs=kind)
        net = net.to(x.dtype)
        net.start(x.mean(0), x.std(0, correction=0))
        net.source = source
        self._learn(net, {"x": x, "weights": weights}, objective=objective, source=source)
        net.source = None
        self._seed = seed
        return self

    @neutrally
    @torch.no_grad()
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Means of the top layer by the recognition net, ``(n_samples, last size)``."""
        *_, codes = self.net_.activities(self._rows(X)).values()
        found: NDArray[Any] = codes.numpy()
        return found

    @checked
    @neutrally
    def sample(
        self, n_samples: Count = 1, *, random_state: int | np.random.RandomState | None = None
    ) -> NDArray[Any]:
        """Draws rows in one pass down, as means given the lowest layer.

        Args:
            n_samples: number of rows.
            random_state: seed of the draws; the estimator's seed by default.

        Returns:
            ``(n_samples, n_features)``.

        Raises:
            ValueError: the rows need more memory than is free.
        """
        check_is_fitted(self)
        size = self.net_.prior.element_size()
        need(
            sum(self.net_.units) * n_samples * size,
            f"{n_samples} rows",
            remedy="draw fewer at a time",
        )
        source = generator(seed_of(random_state, self._seed))
        x: NDArray[Any] = self.net_.generate(n_samples, means=True, source=source)[0].numpy()
        return x

    @neutrally
    def score_samples(self, X: ArrayLike) -> NDArray[Any]:
        """Importance-weighted bound of every row with 100 samples, in nats, ``(n_samples,)``.

        All rows share the random numbers of their samples, so that the bound of a row depends on
        no other row.
        """
        parts = [
            bounds(self.net_, x, samples=100, shared=True, source=generator(self._seed))
            for x in self._rows(X).split(_ROWS)
        ]
        return torch.cat([part["importance_weighted"] for part in parts]).numpy()

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Mean bound per row, in nats; greater is better."""
        del y
        return float(np.mean(self.score_samples(X)))

    @checked
    @neutrally
    def log_likelihood(
        self,
        X: ArrayLike,
        samples: Count = 1000,
        *,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Importance-weighted lower bound on the log-likelihood of every row, in nats.

        It rises with the number of samples, towards the log-likelihood.

        Args:
            X: ``(n_samples, n_features)``.
            samples: of the hidden layers, for each row.
            random_state: seed of these samples; the estimator's seed by default.

        Returns:
            ``(n_samples,)``.
        """
        x = self._rows(X)
        source = generator(seed_of(random_state, self._seed))
        return bounds(self.net_, x, samples=samples, source=source)["importance_weighted"].numpy()

    def _sizes(self) -> list[int]:
        sizes = [int(size) for size in self.hidden_layer_sizes]
        if not sizes or min(sizes) < 1:
            raise UsageError(
                f"hidden_layer_sizes={tuple(sizes)}: give the units of every hidden layer, such "
                "as (200,) or (200, 100)"
            )
        return sizes

    @property
    def _n_features_out(self) -> int:
        return int(list(self.hidden_layer_sizes)[-1])
