"""Neighbourhood components analysis, linear and by nets, as a scikit-learn transformer."""

import warnings
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral
from typing import Any, ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin, _fit_context
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.utils import Tags
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from torch import Tensor

from harmonium import nets
from harmonium.ambient import neutrally
from harmonium.errors import UsageError
from harmonium.estimators.estimator import fresh_seed
from harmonium.estimators.frames import FLOATS, validate_data
from harmonium.estimators.net import NetEstimator
from harmonium.learning.objectives import NCA, Triplet
from harmonium.learning.scale_of_codes import scale_codes
from harmonium.random import generator, seeded

__all__ = ["NeighbourhoodComponents"]

_CODE = 10
"""Size of the code of a net, if none is given and rows have more values."""


@dataclass(eq=False, repr=False)
class NeighbourhoodComponents(ClassNamePrefixFeaturesOutMixin, TransformerMixin, NetEstimator):
    """Codes in which near rows have the same class; see ``learning.objectives.NCA``.

    Without hidden layers it is the linear map of ``sklearn.neighbors
    .NeighborhoodComponentsAnalysis``, with the same objective, learned in batches; with hidden
    layers the map is a net. Use it before ``KNeighborsClassifier`` in a pipeline.

    Args:
        hidden_layer_sizes: units of each hidden layer; empty for a linear map.
        n_components: size of the code; None for the number of features of a linear map, and for
            that or 10, whichever is smaller, of a net.
        loss: "nca", the expected error of a random neighbour; "nca_log", its logarithmic loss; or
            "triplet".
        activation: of the hidden layers: "logistic", "tanh", "relu", "leaky_relu", "elu", "gelu",
            "identity".
        weight_decay: Adam's decoupled weight decay.
        n_epochs: passes over the rows; None for as many as 2000 updates take, at least 10.
        learning_rate: of Adam; it falls to zero. Deep nets need a lower one, such as 0.003.
        batch_size: rows per update, which are each other's neighbours.
        early_stopping: hold out a fraction of the rows and keep the parameters with the lowest
            loss on them.
        validation_fraction: fraction of the rows held out.
        patience: epochs without improvement before stopping.
        verbose: show progress on standard error.
        random_state: seed; equal seeds give equal results. None draws a new seed for every fit.

    Attributes:
        net_: the ``nets.Embedding``.
        components_: the linear map ``(n_components, n_features)``; only without hidden layers.
        loss_curve_: mean loss of each epoch.
        validation_scores_: minus the mean loss of the held-out rows after each epoch.
        n_epochs_: number of epochs done.
        history_: one mapping per epoch, with losses and learning rate.

    >>> import numpy as np
    >>> y = np.arange(60) % 2
    >>> X = np.random.default_rng(0).normal(size=(60, 3)) * [9, 9, 1] + y[:, None] * [0, 0, 4]
    >>> model = NeighbourhoodComponents(n_components=1, n_epochs=300, random_state=0).fit(X, y)
    >>> int(np.abs(model.components_).argmax())
    2
    """

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        **NetEstimator._parameter_constraints,
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "loss": [StrOptions({"nca", "nca_log", "triplet"})],
    }

    hidden_layer_sizes: Sequence[int] = ()
    _: KW_ONLY
    n_components: int | None = None
    loss: Literal["nca", "nca_log", "triplet"] = "nca"
    learning_rate: float = 0.03
    batch_size: int = 1000

    @neutrally
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Fits a new model, discarding any earlier fit.

        Args:
            X: ``(n_samples, n_features)``.
            y: classes, ``(n_samples,)``.

        Raises:
            ValueError: values are NaN or infinite, y holds no classes, there are fewer than two
                rows, all rows are of one class or no class has two rows, or a linear map has more
                components than there are features.
        """
        rows, labels = validate_data(self, X, y, dtype=FLOATS, ensure_min_samples=2)
        check_classification_targets(labels)
        names, codes = np.unique(labels, return_inverse=True)
        if len(names) == 1 or len(names) == len(labels):
            raise UsageError(
                f"{len(labels)} rows of {len(names)} classes: similarity is learned from rows of "
                "one class beside rows of others; give two classes or more, one with two rows"
            )
        x, target = torch.from_numpy(rows), torch.from_numpy(codes.astype(np.int64))
        sizes = [int(size) for size in self.hidden_layer_sizes]
        width = x.shape[1]
        k = self.n_components or (min(width, _CODE) if sizes else width)
        if not sizes and k > width:
            raise UsageError(
                f"n_components={k}, but a linear map of {width} features has {width} at most: "
                "give fewer, or hidden layers"
            )
        seed = fresh_seed(self.random_state)
        with seeded(seed):
            net = nets.Embedding(
                [width, *sizes, int(k)],
                activation=self.activation,  # type: ignore[arg-type]
            )
        net = net.to(x.dtype)
        if not sizes:
            _start(net, x, y=target)
        scale_codes(net, x[:1000], distance=1.0)
        objective = Triplet() if self.loss == "triplet" else NCA(log=self.loss == "nca_log")
        columns = {"x": x, "y": target, "weights": torch.ones(len(x), dtype=x.dtype)}
        self._learn(net, columns, objective=objective, source=generator(seed))
        self._n_features_out = int(k)
        self.__dict__.pop("components_", None)  # of an earlier fit
        if not sizes:
            self.components_: NDArray[Any] = self.net_.code.weight.detach().numpy()
        return self

    @neutrally
    @torch.no_grad()
    def transform(self, X: ArrayLike) -> NDArray[Any]:
        """Codes of the rows, ``(n_samples, n_components)``."""
        rows = self._rows(X)
        return self.net_(rows).numpy()

    def __sklearn_tags__(self) -> Tags:
        """scikit-learn's tags: y is required."""
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


@torch.no_grad()
def _start(net: nets.Embedding, x: Tensor, *, y: Tensor) -> None:
    """Starts a linear map of k components as scikit-learn's does, with the mean of the rows at 0.

    With fewer components than classes at the discriminant directions, with as many as features at
    the identity, otherwise at the principal directions.
    """
    layer: Any = net.code
    rows, (k, width) = x.double(), layer.weight.shape
    mean = rows.mean(0)
    if k < int(y.max()) + 1 and k < width:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of collinear features
            found = LinearDiscriminantAnalysis(n_components=k).fit(rows.numpy(), y.numpy())
        directions = torch.from_numpy(found.scalings_.T)
    elif k == width:
        directions = torch.eye(width, dtype=torch.float64)
    else:
        directions = torch.linalg.svd(rows - mean, full_matrices=False)[2]
    most = min(k, len(directions))
    layer.weight[:most] = directions[:most].to(x.dtype)
    layer.bias.copy_((-layer.weight.double() @ mean).to(x.dtype))
