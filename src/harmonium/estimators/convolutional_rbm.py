"""The convolutional RBM as a scikit-learn transformer of pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin, _fit_context
from sklearn.utils._param_validation import Interval, StrOptions
from torch import Tensor

from harmonium.ambient import neutrally
from harmonium.data import Batches
from harmonium.errors import UsageError
from harmonium.estimators.defaults import passes
from harmonium.estimators.estimator import Trained, fresh_seed
from harmonium.estimators.frames import FLOATS, new_rows, validate_data
from harmonium.estimators.image_rows import as_rows, shape_of_rows
from harmonium.graph import EnergyGraph, State
from harmonium.learning import (
    CD,
    GraphLearner,
    Learner,
    Penalty,
    Sparsity,
    Training,
    linear_decay,
    start_from,
)
from harmonium.machines import convolutional_rbm
from harmonium.random import generator, seeded
from harmonium.sampling import mean
from harmonium.units import Bernoulli, Gaussian, Units
from harmonium.units.domain import inside, settled

__all__ = ["ConvolutionalRBM"]

_UPDATES = 500
"""Minimum number of updates if no number of epochs is given."""

_FAMILIES: dict[str, type[Units]] = {"bernoulli": Bernoulli, "gaussian": Gaussian}


@dataclass(eq=False, repr=False)
class ConvolutionalRBM(ClassNamePrefixFeaturesOutMixin, TransformerMixin, Trained):
    """Feature maps of pictures, learned without labels, for a linear classifier.

    X holds pictures, ``(n, height, width)``, ``(n, channels, height, width)`` or ``(n, height,
    width, channels)``, or flat rows ``(n, n_features)`` with ``shape``. Whole numbers become
    float32, and uint8 is divided by 255.

    The machine is ``convolutional_rbm``: kernels that are shared by all places, and blocks of
    hidden units of which at most one is on. It learns by contrastive divergence with Adam.
    ``transform`` gives the probability that each block is on. (Lee, Grosse, Ranganath and Ng,
    2009, https://doi.org/10.1145/1553374.1553453.)

    Args:
        n_maps: number of feature maps.
        kernel: side of a kernel.
        pool: side of a block; it must divide the sides of the maps, side - kernel + 1.
        shape: of flat rows, (height, width) or (channels, height, width); None: a row is a single
            patch that each kernel covers as a whole, without pooling, as in an ordinary RBM.
        visible: "bernoulli", "gaussian", or "auto": Bernoulli if all values lie in [0, 1].
        target_rate: mean activity of a hidden unit that is aimed at.
        sparsity: strength of the penalty that keeps the activity there.
        learning_rate: of Adam; it falls to zero.
        n_epochs: passes over the rows; None for as many as 500 updates take, at least 10.
        batch_size: rows per update.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit.

    Attributes:
        graph_: the trained machine, an ``EnergyGraph`` with groups "v" and "h".
        components_: kernels, ``(n_maps, channels, height, width)``.
        picture_shape_: (channels, height, width) of a picture.
        maps_shape_: (n_maps, height, width) of the pooled maps, flat in ``transform``.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with the learning rate.

    >>> import numpy as np
    >>> X = np.random.default_rng(0).random((30, 8, 8)).round()
    >>> model = ConvolutionalRBM(4, kernel=3, n_epochs=1, random_state=0).fit(X)
    >>> model.transform(X).shape, model.maps_shape_
    ((30, 36), (4, 3, 3))
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "n_maps": [Interval(Integral, 1, None, closed="left")],
        "kernel": [Interval(Integral, 1, None, closed="left")],
        "pool": [Interval(Integral, 1, None, closed="left")],
        "shape": ["array-like", None],
        "visible": [StrOptions({"auto", *_FAMILIES})],
        "target_rate": [Interval(Real, 0, 1, closed="neither")],
        "sparsity": [Interval(Real, 0, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "n_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    n_maps: int = 24
    _: KW_ONLY
    kernel: int = 7
    pool: int = 2
    shape: Sequence[int] | None = None
    visible: str = "auto"
    target_rate: float = 0.04
    sparsity: float = 1.0
    learning_rate: float = 0.02
    n_epochs: int | None = None
    batch_size: int = 50
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: pictures or flat rows.
            y: not used.

        Raises:
            ValueError: values are NaN, infinite or outside the domain of the visible units, or
                kernel and pool do not fit the pictures.
        """
        del y
        rows, found = as_rows(X)
        x = torch.from_numpy(validate_data(self, rows, dtype=FLOATS))
        whole = found is None and self.shape is None
        shape = found or shape_of_rows(x.shape[1], self.shape)
        shape = (1, 1, x.shape[1]) if whole else shape
        if len(shape) != 3:
            raise UsageError(f"shape={shape}: give (height, width) or (channels, height, width)")
        self.picture_shape_: tuple[int, ...] = tuple(shape)
        seed = fresh_seed(self.random_state)
        with seeded(seed):
            graph = self._machine(x, whole=whole).to(x.dtype)
        self._learn(graph, x, source=generator(seed))
        self.graph_ = graph
        units = graph.units["h"]
        empty = torch.zeros(1, *units.shape, dtype=x.dtype)
        self.maps_shape_: tuple[int, ...] = tuple(units.pooled(empty).shape[1:])
        weight = graph.edges[0].connection.get_parameter("weight").detach()
        self.components_: NDArray[Any] = weight.numpy().copy()
        self._n_features_out = int(np.prod(self.maps_shape_))
        return self

    def _machine(self, x: Tensor, *, whole: bool) -> EnergyGraph:
        """The machine for flat rows; ``whole``: each kernel covers a row."""
        name = self.visible
        if name == "auto":
            name = "bernoulli" if inside(x, Bernoulli.domain) else "gaussian"
        tied = () if whole else (1, 2)
        visible = _FAMILIES[name](*self.picture_shape_, tied=tied)
        kernel: Any = self.picture_shape_[1:] if whole else self.kernel
        pool = 1 if whole else self.pool
        return convolutional_rbm(
            visible,
            self.n_maps,
            kernel=kernel,
            pool=pool,
            activity=min(self.target_rate, 0.9 / pool**2),
            std=0.02,
        )

    def _learn(self, graph: EnergyGraph, x: Tensor, *, source: torch.Generator) -> None:
        """Trains the machine in place; sets ``n_epochs_``."""
        x = settled(x, graph.units["v"].domain).reshape(-1, *self.picture_shape_)
        start_from(graph, {"v": x})
        penalties: list[Penalty] = [Sparsity(self.target_rate, self.sparsity)]
        optimiser = torch.optim.Adam(graph.parameters(), lr=self.learning_rate)
        contrast = CD(reconstruct=mean)
        learner = Learner(graph, optimiser, contrast=contrast, penalties=penalties, source=source)
        batches = Batches({"x": x}, size=self.batch_size, source=source)
        epochs = passes(self.n_epochs, batches=len(batches), updates=_UPDATES)
        decay = linear_decay(optimiser, epochs * len(batches))
        self._forget()
        self.n_epochs_ = self._train(
            Training(GraphLearner(learner, _visible), batches, epochs, [decay])
        )

    @neutrally
    @torch.no_grad()
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Probabilities that the blocks of all maps are on, ``(n_samples, features)``.

        The blocks of the first map come first, row by row (``maps_shape_``).
        """
        rows, _ = as_rows(X, getattr(self, "picture_shape_", None))
        x = new_rows(self, rows)
        graph = self.graph_
        like = graph.units["v"]
        x = like.settled(x.to(like.bias.dtype)).reshape(-1, *self.picture_shape_)
        like.check(x)
        h = graph.units["h"]
        parts = [h.pooled(h.mean(graph.field("h", {"v": v}))).flatten(1) for v in x.split(500)]
        return torch.cat(parts).to(x.dtype).numpy()


def _visible(batch: Mapping[str, Tensor]) -> State:
    return {"v": batch["x"]}
