"""A variational autoencoder as a scikit-learn transformer and density."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import DensityMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium import nets
from harmonium.ambient import neutrally
from harmonium.arguments import checked
from harmonium.bounds import Count
from harmonium.estimators.codec import CodecEstimator, kind_of
from harmonium.estimators.conditioned import seed_of
from harmonium.estimators.estimator import fresh_seed
from harmonium.estimators.frames import FLOATS, used_rows, validate_data
from harmonium.learning import Coding
from harmonium.learning.objectives import Bernoulli, Gaussian
from harmonium.memory import need
from harmonium.nets.bounded import bounds
from harmonium.nets.codes import Gaussian as GaussianCode
from harmonium.nets.dropout import set_source
from harmonium.nets.outputs import log_likelihood
from harmonium.random import generator, seeded

__all__ = ["VAE"]

_PAIRS = 32
"""Pairs of codes of a row in ``score_samples``, at least."""


@dataclass(eq=False, repr=False)
class VAE(DensityMixin, CodecEstimator):
    """A net that gives rows back through a code with a prior, from which it also draws rows.

    A variational autoencoder (Kingma and Welling, 2014, https://arxiv.org/abs/1312.6114); see
    ``nets.Autoencoder`` with the code ``nets.codes.Gaussian``.

    Args:
        hidden_layer_sizes: units of each layer of the encoder; the last is the size of the code.
        activation: of the hidden layers: "logistic", "tanh", "relu", "leaky_relu", "elu", "gelu",
            "identity".
        outputs: kind of the values: "probabilities" in [0, 1], "gaussian" real values with
            learned standard deviations, or "auto" to choose by their range.
        beta: weight of the divergence of the code from its prior in learning; with 1 the loss is
            minus a lower bound on the log-likelihood. Scores always have 1.
        samples: codes of each row in learning; several give a tighter bound, and need beta 1.
        weight_decay: Adam's decoupled weight decay.
        n_epochs: passes over the rows; None for as many as 2000 updates take, at least 10.
        learning_rate: of Adam; it falls to zero.
        batch_size: rows per update.
        early_stopping: hold out a fraction of the rows and keep the parameters with the lowest
            loss on them, with their codes at the mean.
        validation_fraction: fraction of the rows held out.
        patience: epochs without improvement before stopping.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit,
            not from NumPy's global generator.

    Attributes:
        net_: the ``nets.Autoencoder``.
        loss_curve_: mean loss of each epoch, nats per row.
        validation_scores_: minus the mean loss of the held-out rows after each epoch.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with losses and learning rate.

    >>> import numpy as np
    >>> X = (np.random.default_rng(0).random((200, 4)) < [0.1, 0.9, 0.1, 0.9]).astype(float)
    >>> model = VAE((8, 2), random_state=0).fit(X)
    >>> bool(-2.5 < model.score(X) < -1.0), model.sample(3).shape
    (True, (3, 4))
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        **CodecEstimator._parameter_constraints,
        "outputs": [StrOptions({"auto", "probabilities", "gaussian"})],
        "beta": [Interval(Real, 0, None, closed="left")],
        "samples": [Interval(Integral, 1, None, closed="left")],
    }

    hidden_layer_sizes: Sequence[int] = (100, 10)
    _: KW_ONLY
    outputs: Literal["auto", "probabilities", "gaussian"] = "auto"
    beta: float = 1.0
    samples: int = 1

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
                or several samples are combined with a beta.
        """
        del y
        rows = validate_data(self, X, dtype=FLOATS)
        used, weights = used_rows(sample_weight, rows)
        x = torch.from_numpy(rows[used])
        kind = kind_of(x, self.outputs, real="gaussian")
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        with seeded(seed):
            net: Any = nets.Autoencoder(
                self._sizes(x.shape[1]),
                activation=self.activation,  # type: ignore[arg-type]
                code=GaussianCode(),
                outputs=kind,
            )
        net = net.to(x.dtype)
        if kind == "gaussian":
            _start_from(net.decoder, x)
        objective = Coding(
            Bernoulli() if kind == "probabilities" else Gaussian(),
            beta=float(self.beta),
            samples=int(self.samples),
        )
        set_source(net, source)
        self._learn(net, {"x": x, "weights": weights}, objective=objective, source=source)
        self._seed = seed
        return self

    @checked
    @neutrally
    @torch.no_grad()
    def sample(
        self, n_samples: Count = 1, *, random_state: int | np.random.RandomState | None = None
    ) -> NDArray[Any]:
        """Means of rows given codes drawn from the prior, ``(n_samples, n_features)``.

        Args:
            n_samples: number of codes.
            random_state: seed of the draws; the estimator's seed by default.

        Raises:
            ValueError: the rows need more memory than is free.
        """
        check_is_fitted(self)
        weights = next(self.net_.parameters())
        numbers = sum(layer.weight.shape[0] for layer in self.net_.decoder.dense.values())
        need(
            numbers * n_samples * weights.element_size(),
            f"{n_samples} rows",
            remedy="draw fewer at a time",
        )
        source = generator(seed_of(random_state, self._seed))
        like = weights.new_empty(self._n_features_out)
        return self.net_.decode(self.net_.code.prior(n_samples, like, source=source)).numpy()

    @neutrally
    @torch.no_grad()
    def score_samples(self, X: ArrayLike) -> NDArray[Any]:
        """ELBO of every row, a lower bound on its log-likelihood, in nats, ``(n_samples,)``.

        The mean over at least 64 codes, whose random parts are the same for every row and every
        call, so that the bound of a row does not depend on the others. Their mean is 0 and their
        covariance 1, so that the bound is exact where log p(x | c) is quadratic in c.
        """
        x = self._rows(X)
        net = self.net_
        z = net.encoder(x)
        mean, log_variance = net.code.parts(z)
        noises = _noises(mean.shape[1], self._seed).to(mean)
        total = mean.new_zeros(len(x))
        for noise in noises:
            code = mean + (0.5 * log_variance).exp() * noise
            total += log_likelihood(net.decoder, code, rows=x, kind=net.output_kind)
        return (total / len(noises) - net.code.cost(z)).numpy()

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Mean ELBO per row, in nats; greater is better."""
        del y
        return float(np.mean(self.score_samples(X)))

    @checked
    @neutrally
    @torch.no_grad()
    def log_likelihood(
        self,
        X: ArrayLike,
        samples: Count = 1000,
        *,
        random_state: int | np.random.RandomState | None = None,
    ) -> NDArray[Any]:
        """Importance-weighted lower bound on the log-likelihood of every row, in nats.

        It rises with the number of codes, towards the log-likelihood (Burda et al., 2016,
        https://arxiv.org/abs/1509.00519).

        Args:
            X: ``(n_samples, n_features)``.
            samples: codes of each row.
            random_state: seed of these codes; the estimator's seed by default.

        Returns:
            ``(n_samples,)``.
        """
        x: Tensor = self._rows(X)
        source = generator(seed_of(random_state, self._seed))
        return bounds(self.net_, x, samples=samples, source=source)["importance_weighted"].numpy()


@torch.no_grad()
def _start_from(decoder: Any, x: Tensor) -> None:  # noqa: ANN401
    """Starts the outputs at the means and deviations of the rows; of constant values, at 1."""
    std = x.std(0, correction=0)
    decoder.outputs.bias.copy_(x.mean(0))
    decoder.log_std.copy_(std.where(std > 0, 1).log())


def _noises(size: int, seed: int) -> Tensor:
    """Normal numbers with mean 0 and covariance 1 over the rows, ``(2 * pairs, size)``."""
    source, pairs = generator(seed), max(_PAIRS, size)
    drawn = torch.randn(pairs, size, generator=source, dtype=torch.float64)
    half = torch.linalg.qr(drawn).Q * pairs**0.5
    return torch.cat([half, -half])
