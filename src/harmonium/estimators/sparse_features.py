"""Sparse features of small patches, laid over whole pictures, as a scikit-learn transformer."""

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor

from harmonium import nets
from harmonium.ambient import neutrally
from harmonium.data import Batches, Picture, of_shape
from harmonium.data.patches import patches_of
from harmonium.data.whiten import whitening
from harmonium.errors import UsageError
from harmonium.estimators.defaults import passes
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import FLOATS, new_rows, validate_data
from harmonium.learning import Coding, Descent, SquaredError, Training, linear_decay
from harmonium.learning.code_penalties.rate import Rate
from harmonium.learning.code_penalties.weights import Weights
from harmonium.nets.convolved import Convolved, folded, pooled
from harmonium.random import generator, seeded

__all__ = ["SparseFeatures"]

_CELLS = 20_000_000
"""Features that are held at once."""

_UPDATES = 2000
"""Minimum number of updates if no number of epochs is given."""


@dataclass(eq=False, repr=False)
class SparseFeatures(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Trained):
    """Features that few patches activate, at every place of a picture, pooled over a grid.

    Patches at random places of the rows are whitened. A sparse autoencoder learns features of
    them: logistic units whose mean activity is kept near a target. ``transform`` computes the
    features of every patch of a picture, and their mean or maximum in each cell of a grid.
    (Coates, Ng and Lee, 2011, https://proceedings.mlr.press/v15/coates11a.html.)

    Args:
        n_features: number of features of a patch.
        patch_shape: height and width of a patch.
        image_shape: shape of a row: (height, width), (channels, height, width) or (height, width,
            channels) with 1 or 3 channels; None takes a row as one patch of any shape.
        pool: cells of the grid along each side.
        pooling: "mean" or "max" over a cell.
        target_rate: mean activity of a feature that is aimed at.
        sparsity: strength of the penalty that keeps the activity there.
        weight_penalty: strength of the penalty of squared weights.
        epsilon: added to every variance when patches are whitened, relative to the mean variance
            of the values of a patch.
        n_patches: number of patches to learn from.
        n_epochs: passes over the patches; None for as many as 2000 updates take, at least 10.
        learning_rate: of Adam; it falls to zero.
        batch_size: patches per update; at least 1 / target_rate.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit.

    Attributes:
        net_: the ``nets.Autoencoder`` of whitened patches.
        components_: filters for raw patches, ``(n_features, *shape of a patch)``; whitening is
            part of them.
        intercept_: biases of these filters, ``(n_features,)``.
        loss_curve_: mean loss of each epoch, with penalties.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with losses and learning rate.

    >>> import numpy as np
    >>> X = np.random.default_rng(0).random((20, 64))
    >>> shapes = {"patch_shape": (3, 3), "image_shape": (8, 8)}
    >>> model = SparseFeatures(5, n_patches=500, n_epochs=2, **shapes)
    >>> model.fit(X).transform(X).shape, model.components_.shape
    ((20, 20), (5, 3, 3))
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "n_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
        "n_features": [Interval(Integral, 1, None, closed="left")],
        "patch_shape": ["array-like"],
        "image_shape": ["array-like", None],
        "pool": [Interval(Integral, 1, None, closed="left")],
        "pooling": [StrOptions({"mean", "max"})],
        "target_rate": [Interval(Real, 0, 1, closed="neither")],
        "sparsity": [Interval(Real, 0, None, closed="left")],
        "weight_penalty": [Interval(Real, 0, None, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_patches": [Interval(Integral, 1, None, closed="left")],
    }

    n_features: int = 100
    _: KW_ONLY
    patch_shape: Sequence[int] = (8, 8)
    image_shape: Sequence[int] | None = None
    pool: int = 2
    pooling: Literal["mean", "max"] = "mean"
    target_rate: float = 0.03
    sparsity: float = 5.0
    weight_penalty: float = 3e-3
    epsilon: float = 1.0
    n_patches: int = 50_000
    n_epochs: int | None = None
    learning_rate: float = 0.03
    batch_size: int = 1000
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features_in)``, one picture a row.
            y: not used.

        Raises:
            ValueError: values are NaN or infinite, rows do not have the shape of a picture, or a
                picture is smaller than a patch.
        """
        del y
        rows = validate_data(self, X, dtype=FLOATS)
        self._picture, shape = self._shapes(rows.shape[1])
        seed = fresh_seed(self.random_state)
        x = self._patches(rows, shape, source=np.random.default_rng(seed))
        mean_variance = float(x.double().var(0, correction=0).mean()) or 1.0
        mean, matrix, _ = whitening(x, epsilon=self.epsilon * mean_variance)
        white = ((x.double() - mean) @ matrix.mT).to(x.dtype)
        with seeded(seed):
            net: Any = nets.Autoencoder(
                [x.shape[1], self.n_features], activation="logistic", outputs="values"
            )
        self._learn(net.to(x.dtype), white, source=generator(seed))
        layer = net.encoder[0]
        weight, bias = (p.detach().double() for p in (layer.weight, layer.bias))
        weight, bias = (p.to(x.dtype) for p in folded(weight, bias, mean=mean, matrix=matrix))
        self.components_: NDArray[Any] = weight.reshape(-1, *shape).numpy()
        self.intercept_: NDArray[Any] = bias.numpy()
        self._n_features_out = self.n_features * self._cells
        return self

    def _learn(self, net: torch.nn.Module, x: Tensor, *, source: torch.Generator) -> None:
        """Trains; sets ``net_``, ``loss_curve_`` and ``n_epochs_``."""
        penalties: list[Any] = [
            Rate(target=self.target_rate, strength=self.sparsity),
            Weights(self.weight_penalty),
        ]
        objective = Coding(SquaredError(), penalties=penalties, figure="cost")
        optimiser = torch.optim.Adam(net.parameters(), lr=self.learning_rate, betas=(0.9, 0.99))
        batches: Batches[Any] = Batches({"x": x}, size=self.batch_size, source=source)
        epochs = passes(self.n_epochs, batches=len(batches), updates=_UPDATES)
        decay = linear_decay(optimiser, epochs * len(batches))
        learner = Descent(net, optimiser, objective)
        training = Training(learner, batches, epochs, [decay], source=source)
        self.net_: Any = net
        self._forget()
        self.n_epochs_ = self._train(training)
        self.loss_curve_ = [row["train/cost"] for row in self.history_]

    @neutrally
    @torch.no_grad()
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Pooled features, ``(n_samples, n_features * pool * pool)``.

        The cells of the first feature come first, row by row. Rows that are one patch have
        ``n_features`` values.
        """
        rows = new_rows(self, X)
        weight, bias = (
            torch.from_numpy(p).to(rows.dtype) for p in (self.components_, self.intercept_)
        )
        flat = weight.flatten(1)
        if self._picture is None:
            return (rows @ flat.mT + bias).sigmoid().numpy()
        layer = Convolved(flat, bias, shape=weight.shape[1:])
        block = max(1, _CELLS // (len(bias) * rows.shape[1]))
        parts = [
            pooled(layer(self._picture.shaped(part)), self.pool, kind=self.pooling).flatten(1)
            for part in rows.split(block)
        ]
        return torch.cat(parts).numpy()

    @property
    def _cells(self) -> int:
        return 1 if self._picture is None else self.pool**2

    def _shapes(self, width: int) -> tuple[Picture | None, tuple[int, ...]]:
        """Kind of the pictures, None if a row is a patch; and the shape of a patch."""
        if self.image_shape is None:
            return None, (width,)
        picture, patch = of_shape([*map(int, self.image_shape)]), [*map(int, self.patch_shape)]
        if not isinstance(picture, Picture) or int(np.prod(picture.shape)) != width:
            raise UsageError(
                f"image_shape={tuple(self.image_shape)} does not fit rows of {width} values: give "
                "(height, width), or three axes with 1 or 3 channels"
            )
        channels, height, across = picture.shape
        if len(patch) != 2 or not (1 <= patch[0] <= height and 1 <= patch[1] <= across):
            raise UsageError(
                f"patch_shape={tuple(patch)}: give height and width, at most {height} and {across}"
            )
        places = min(height - patch[0], across - patch[1]) + 1
        if self.pool > places:
            raise UsageError(
                f"pool={self.pool}: patches have {places} places along a side of the picture: "
                f"give at most {places}"
            )
        return picture, ((channels,) if channels > 1 else ()) + tuple(patch)

    def _patches(
        self, rows: NDArray[Any], shape: tuple[int, ...], *, source: np.random.Generator
    ) -> Tensor:
        """Patches at random places of random rows; rows that are patches come as they are."""
        if self._picture is None:
            return torch.from_numpy(rows)
        chosen = source.integers(0, len(rows), self.n_patches)
        which, counts = np.unique(chosen, return_counts=True)
        size = shape[-2:]
        pictures = self._picture.shaped(torch.from_numpy(rows)).numpy()
        cut = [
            patches_of(pictures[row], (size[0], size[1]), count=int(n), source=source)
            for row, n in zip(which, counts, strict=True)
        ]
        return torch.from_numpy(np.concatenate(cut).reshape(self.n_patches, -1))
