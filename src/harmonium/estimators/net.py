"""Base class of estimators of nets without labels, and checks of labelled rows."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from torch import Tensor, nn

from harmonium.data import Batches
from harmonium.errors import UsageError
from harmonium.estimators.defaults import passes
from harmonium.estimators.estimator import Estimator, Trained
from harmonium.estimators.frames import FLOATS, new_rows, used_rows, validate_data
from harmonium.learning import Descent, EarlyStopping, Training, Watch, linear_decay

__all__ = ["Descending", "NetEstimator", "class_codes", "labelled_rows"]

_UPDATES = 2000
"""Minimum number of updates if no number of epochs is given."""

_TYPES = {"float32": torch.float32, "float64": torch.float64}

Columns = Mapping[str, Tensor]


@dataclass(eq=False, repr=False)
class Descending(Trained):
    """An estimator whose ``net_`` learns with Adam on an objective."""

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        "hidden_layer_sizes": ["array-like"],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "n_epochs": [Interval(Integral, 1, None, closed="left"), None],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "patience": [Interval(Integral, 1, None, closed="left")],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }  # fmt: skip

    hidden_layer_sizes: Sequence[int] = (100,)
    _: KW_ONLY
    weight_decay: float = 0.0
    n_epochs: int | None = None
    learning_rate: float = 1e-3
    batch_size: int = 50
    early_stopping: bool = False
    validation_fraction: float = 0.1
    patience: int = 10
    verbose: bool = False
    random_state: int | np.random.RandomState | None = None

    def _learn(
        self,
        net: nn.Module,
        columns: Columns,
        *,
        objective: Any,  # noqa: ANN401
        source: torch.Generator,
    ) -> None:
        """Trains; sets ``net_``, ``loss_curve_``, ``validation_scores_`` and ``n_epochs_``."""
        watches, stopping = [], None
        if self.early_stopping:
            columns, held = self._parted(columns, source)
            watches = [_HeldOut(net, objective, held=held)]
            stopping = EarlyStopping(f"val/{objective.figure}", self.patience)
        self.net_: Any = net
        learner = Descent(net, self._adam(net), objective)
        batches: Batches[Any] = Batches(columns, size=self.batch_size, source=source)
        epochs = passes(self.n_epochs, batches=len(batches), updates=_UPDATES)
        decay = linear_decay(learner.optimiser, epochs * len(batches))
        training = Training(
            learner, batches, epochs, [decay], stopping=stopping, source=source, watches=watches
        )
        self._forget()
        self.n_epochs_ = self._train(training)
        name = objective.figure
        self.loss_curve_ = [row[f"train/{name}"] for row in self.history_]
        watched = [row[f"val/{name}"] for row in self.history_ if stopping is not None]
        self.validation_scores_ = [-loss for loss in watched]

    def _adam(self, net: nn.Module) -> torch.optim.Optimizer:
        return torch.optim.AdamW(
            net.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay
        )

    def _parted(self, columns: Columns, source: torch.Generator) -> tuple[Columns, Columns]:
        """Splits rows into training rows and held-out rows."""
        n = len(columns["x"])
        if n < 2:
            raise UsageError("early stopping needs two rows; set early_stopping=False")
        order = torch.randperm(n, generator=source)
        cut = min(n - 1, max(1, round(self.validation_fraction * n)))
        parts = order[cut:], order[:cut]
        learned, held = ({name: x[rows] for name, x in columns.items()} for rows in parts)
        return learned, held

    def _rows(self, X: ArrayLike) -> Tensor:
        """New rows, in the form in which the net reads them."""
        return new_rows(self, X).to(next(self.net_.parameters()).dtype)


@dataclass(eq=False, repr=False)
class NetEstimator(Descending):
    """An estimator of a net whose hidden layers have an activation."""

    _parameter_constraints: ClassVar[dict[str, list[Any] | str]] = {
        **Descending._parameter_constraints,
        "activation": [StrOptions({"logistic", "tanh", "relu", "leaky_relu", "elu", "gelu",
                                   "identity"})],
    }  # fmt: skip

    _: KW_ONLY
    activation: str = "relu"


class _HeldOut(Watch):
    """Loss on held-out rows, "val/" and the name of the objective's figure."""

    def __init__(self, net: nn.Module, objective: Any, *, held: Columns) -> None:  # noqa: ANN401
        self.net, self.objective, self.held = net, objective, held

    @torch.no_grad()
    def measure(self, epoch: int) -> dict[str, float]:
        """Mean loss, weighted by the rows."""
        del epoch
        losses, weights = self.objective(self.net, self.held), self.held["weights"]
        mean = (losses * weights).sum() / weights.sum()
        return {f"val/{self.objective.figure}": float(mean)}


def labelled_rows(
    model: Estimator,
    given: tuple[ArrayLike, ArrayLike],
    *,
    sample_weight: ArrayLike | None,
    reset: bool,
) -> tuple[Tensor, NDArray[Any], Tensor]:
    """Returns rows, labels and weights, without rows of zero weight.

    Args:
        model: the estimator.
        given: X and y.
        sample_weight: importance of the rows, or None.
        reset: whether these are the first rows of the estimator.

    Raises:
        ValueError: X is not valid as rows, or y not as class labels.
    """
    rows, labels = validate_data(model, *given, dtype=FLOATS, reset=reset)
    check_classification_targets(labels)
    if sample_weight is None:  # without a copy of the rows
        return torch.from_numpy(rows), labels, torch.ones(len(rows), dtype=_TYPES[rows.dtype.name])
    used, weights = used_rows(sample_weight, rows)
    return torch.from_numpy(rows[used]), labels[used], weights


def class_codes(labels: NDArray[Any], classes: NDArray[Any]) -> Tensor:
    """Labels as indices into the sorted classes, ``(N,)``.

    Raises:
        ValueError: there are fewer than two classes, or a label is not one of them.
    """
    if len(classes) < 2:
        raise UsageError(
            f"a classifier needs at least two classes, but y has one class: {classes.tolist()}"
        )
    strange = np.setdiff1d(labels, classes)
    if len(strange):
        raise UsageError(
            f"labels {strange[:5].tolist()} are none of the classes {classes[:20].tolist()}: name "
            "all classes at the first call"
        )
    return torch.from_numpy(np.searchsorted(classes, labels))
