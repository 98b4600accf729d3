"""Semantic hashing as a scikit-learn transformer with a search."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from harmonium import nets
from harmonium.ambient import neutrally
from harmonium.errors import UsageError
from harmonium.estimators.codec import kind_of
from harmonium.estimators.estimator import fresh_seed
from harmonium.estimators.frames import FLOATS, used_rows, validate_data
from harmonium.estimators.net import NetEstimator
from harmonium.hashing import HammingIndex, Matches, packed
from harmonium.learning import Coding, SquaredError
from harmonium.learning.objectives import Bernoulli, Multinomial
from harmonium.nets.codes import Noisy
from harmonium.nets.dropout import set_source
from harmonium.nets.outputs import Outputs
from harmonium.random import generator, seeded

__all__ = ["SemanticHash"]

_OBJECTIVES: dict[str, Any] = {
    "probabilities": Bernoulli(),
    "values": SquaredError(),
    "shares": Multinomial(per_word=True),
}


@dataclass(eq=False, repr=False)
class SemanticHash(ClassNamePrefixFeaturesOutMixin, TransformerMixin, NetEstimator):
    """Short binary codes, near each other for rows that are alike, and a search among them.

    An autoencoder learns codes through noise, so that their values come near 0 and 1
    (``nets.codes.Noisy``; Salakhutdinov and Hinton, 2009). ``fit`` puts the codes of its rows into
    an index, in which ``search`` finds the nearest ones exactly (``hashing.HammingIndex``).

    Args:
        hidden_layer_sizes: units of each layer between a row and its code; none is often best.
        n_bits: bits of a code.
        std: standard deviation of the noise before the code's logistic function.
        threshold: a bit is on for values above one half ("half"), or above the median of the
            unit on the rows of the fit ("median").
        outputs: kind of the values of a row: "probabilities" in [0, 1]; "values"; "shares", such
            as counts of words or their tf-idf; "auto" for one of the first two by their range.
        activation: of the hidden layers: "logistic", "tanh", "relu", "leaky_relu", "elu", "gelu",
            "identity".
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
        thresholds_: values above which bits are on, ``(n_bits,)``.
        index_: the ``hashing.HammingIndex``; ``index_.save`` writes it into a folder, and
            ``HammingIndex.open`` maps it from there.
        loss_curve_: mean loss of each epoch, per row.
        validation_scores_: minus the mean loss of the held-out rows after each epoch.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with losses and learning rate.

    >>> X = np.random.default_rng(0).integers(0, 3, (4, 10)).repeat(50, 0) / 2
    >>> model = SemanticHash(n_bits=16, random_state=0).fit(X)
    >>> distances, rows = model.search(X[:1], k=50)
    >>> bool((rows < 50).all())
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        **NetEstimator._parameter_constraints,
        "n_bits": [Interval(Integral, 1, None, closed="left")],
        "std": [Interval(Real, 0, None, closed="left")],
        "threshold": [StrOptions({"half", "median"})],
        "outputs": [StrOptions({"auto", *_OBJECTIVES})],
    }

    hidden_layer_sizes: Sequence[int] = ()
    _: KW_ONLY
    n_bits: int = 64
    std: float = 2.0
    threshold: Literal["half", "median"] = "half"
    outputs: Literal["auto", "probabilities", "values", "shares"] = "auto"
    learning_rate: float = 1e-2

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self, X: ArrayLike, y: object = None, *, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Fits a new model, and makes a new index of the codes of the rows.

        Args:
            X: ``(n_samples, n_features)``.
            y: not used.
            sample_weight: importance of the rows; rows of zero weight are not learned, but they
                are in the index.

        Raises:
            ValueError: values are NaN or infinite, or not such as ``outputs`` requires.
        """
        del y
        rows = validate_data(self, X, dtype=FLOATS)
        used, weights = used_rows(sample_weight, rows)
        x = torch.from_numpy(rows[used])
        kind = self._kind(x)
        seed = fresh_seed(self.random_state)
        source = generator(seed)
        with seeded(seed):
            net = nets.Autoencoder(
                [x.shape[1], *map(int, self.hidden_layer_sizes), int(self.n_bits)],
                activation=self.activation,  # type: ignore[arg-type]
                code=Noisy(float(self.std)),
                outputs=kind,
            )
        set_source(net, source)
        self._learn(
            net.to(x.dtype),
            {"x": x, "weights": weights},
            objective=Coding(_OBJECTIVES[kind]),
            source=source,
        )
        values = self._values(torch.from_numpy(rows))
        half = torch.full_like(values[0], 0.5)
        self.thresholds_ = (half if self.threshold == "half" else values.median(0).values).numpy()
        self.index_ = HammingIndex(int(self.n_bits))
        self.index_.add(packed(values.numpy() > self.thresholds_))
        return self

    def _kind(self, x: Tensor) -> Outputs:
        """Kind of the values, checked."""
        low, high = float(x.min()), float(x.max())
        if self.outputs == "shares" and low < 0:
            raise UsageError(
                f"the values range from {low:.3g} to {high:.3g}, and shares are of values of at "
                "least 0: give counts, or set outputs='values'"
            )
        return kind_of(x, self.outputs, real="values")

    @torch.no_grad()
    def _values(self, x: Tensor) -> Tensor:
        self.net_.eval()
        codes: Tensor = self.net_.encode(x)
        return codes

    @neutrally
    def values(self, X: ArrayLike) -> NDArray[Any]:
        """Values of the codes, before they become bits, in [0, 1], ``(n_samples, n_bits)``."""
        return self._values(self._rows(X)).numpy()

    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Bits of the rows, 0 and 1, ``(n_samples, n_bits)``."""
        values = self.values(X)
        return (values > self.thresholds_).astype(values.dtype)

    def encode(self, X: ArrayLike) -> NDArray[np.uint8]:
        """Bits of the rows as bytes, ``(n_samples, ceil(n_bits / 8))``, as ``np.packbits``."""
        return packed(self.values(X) > self.thresholds_)

    def add(self, X: ArrayLike) -> Self:
        """Puts more rows into the index, without learning; they get the next row numbers.

        Args:
            X: ``(n_samples, n_features)``.
        """
        codes = self.encode(X)
        self.index_.add(codes)
        return self

    def search(
        self, X: ArrayLike, k: int = 5, *, probes: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The k rows of the index that are nearest to each row; ties by row number.

        Args:
            X: ``(n_samples, n_features)``.
            k: number of rows.
            probes: None for an exact search; otherwise buckets that each table looks up, those of
                the least certain bits first, which is approximate (``HammingIndex.probe``).

        Returns:
            Hamming distances and row numbers, ``(n_samples, k)`` each; an approximate search may
            give -1.

        Raises:
            ValueError: the index holds fewer than k rows.
        """
        values = self.values(X)
        codes = packed(values > self.thresholds_)
        if probes is None:
            return self.index_.nearest(codes, k)
        confidence = np.abs(_logits(values) - _logits(self.thresholds_))
        return self.index_.probe(codes, confidence, k=k, probes=probes)

    def within(self, X: ArrayLike, radius: int) -> Matches:
        """All rows of the index with at most ``radius`` other bits than each row.

        Args:
            X: ``(n_samples, n_features)``.
            radius: number of bits.

        Returns:
            Number of the row of X, row of the index and distance of every pair.
        """
        return self.index_.within(self.encode(X), radius)

    @neutrally
    @torch.no_grad()
    def score_samples(self, X: ArrayLike) -> NDArray[Any]:
        """Minus the loss of every row given back from its bits, ``(n_samples,)``.

        The losses are nats for probabilities, nats per word for shares, and half the squared
        error for values.
        """
        check_is_fitted(self)
        x = self._rows(X)
        bits = torch.from_numpy(self.transform(X)).to(x)
        objective = _OBJECTIVES[self.net_.output_kind]
        losses: Tensor = objective(self.net_.decoder, {"x": bits, "y": x})
        return -losses.numpy()

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Minus the mean loss of all rows given back from their bits; greater is better."""
        del y
        return float(self.score_samples(X).mean())

    @property
    def _n_features_out(self) -> int:
        return int(self.n_bits)


def _logits(values: NDArray[Any]) -> NDArray[np.float64]:
    """log(p / (1 - p)), finite for 0 and 1 too."""
    p = values.astype(np.float64).clip(1e-12, 1 - 1e-12)
    return np.log(p) - np.log1p(-p)
