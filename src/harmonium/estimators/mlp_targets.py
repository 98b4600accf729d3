"""Targets of the multilayer perceptrons: classes, several labels of a row, real values."""

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.multiclass import type_of_target
from torch import Tensor

from harmonium.errors import UsageError
from harmonium.estimators.estimator import Estimator
from harmonium.estimators.frames import FLOATS, used_rows, validate_data
from harmonium.estimators.net import class_codes, labelled_rows
from harmonium.learning.weights_of_classes import class_weights

__all__ = [
    "class_columns",
    "has_several_labels",
    "label_columns",
    "same_classes",
    "value_columns",
]


def has_several_labels(y: Any) -> bool:  # noqa: ANN401
    """Whether y is a matrix of 0 and 1 in which a row may have several labels.

    >>> has_several_labels([[1, 0, 1], [0, 0, 1]]), has_several_labels([1, 0, 2])
    (True, False)
    """
    if y is None:
        return False
    try:
        with np.errstate(invalid="ignore"):  # of infinite values, which are refused later
            return bool(type_of_target(y) == "multilabel-indicator")
    except (TypeError, ValueError):
        return False  # the checks of y say what is wrong


def label_columns(
    model: Estimator,
    given: tuple[ArrayLike, Any],
    *,
    sample_weight: ArrayLike | None,
    reset: bool,
) -> dict[str, Tensor]:
    """Columns of rows with several labels: "x", "y" of 0 and 1 ``(N, K)``, perhaps "weights".

    Args:
        model: the estimator.
        given: X and y.
        sample_weight: importance of the rows, or None.
        reset: whether these are the first rows of the estimator.

    Raises:
        ValueError: X is not valid as rows.
    """
    x, labels = given
    dense = labels.toarray() if hasattr(labels, "toarray") else labels
    rows, y = validate_data(model, x, dense, dtype=FLOATS, multi_output=True, reset=reset)
    targets = torch.from_numpy(np.asarray(y).astype(rows.dtype))
    return _columns(rows, targets, sample_weight=sample_weight)


def value_columns(
    model: Estimator,
    given: tuple[ArrayLike, ArrayLike],
    *,
    sample_weight: ArrayLike | None,
    reset: bool,
) -> tuple[dict[str, Tensor], bool]:
    """Columns of rows with real targets, and whether y has one axis.

    Args:
        model: the estimator.
        given: X and y.
        sample_weight: importance of the rows, or None.
        reset: whether these are the first rows of the estimator.

    Raises:
        ValueError: X is not valid as rows, or y not as real targets.
    """
    rows, y = validate_data(
        model, *given, dtype=FLOATS, multi_output=True, y_numeric=True, reset=reset
    )
    targets = torch.from_numpy(np.asarray(y, dtype=rows.dtype)).reshape(len(rows), -1)
    return _columns(rows, targets, sample_weight=sample_weight), y.ndim == 1


def class_columns(
    model: Any,  # noqa: ANN401
    given: tuple[ArrayLike, ArrayLike],
    *,
    sample_weight: ArrayLike | None,
    classes: NDArray[Any] | None,
    reset: bool,
) -> tuple[dict[str, Tensor], NDArray[Any]]:
    """Columns of rows of classes, with weights by the model's ``class_weight``, and the classes.

    Rows of weight 0 are left out.

    Args:
        model: the estimator.
        given: X and y.
        sample_weight: importance of the rows, or None.
        classes: all classes, sorted; None: those of y.
        reset: whether these are the first rows of the estimator.

    Raises:
        ValueError: X is not valid as rows, or y not as class labels.
    """
    x, labels, weights = labelled_rows(model, given, sample_weight=sample_weight, reset=reset)
    known = np.unique(labels) if classes is None else classes
    codes = class_codes(labels, known)
    columns = {"x": x, "y": codes}
    if model.class_weight is not None:
        weights = class_weights(codes, known.tolist(), weight=model.class_weight, rows=weights)
    elif sample_weight is None:
        return columns, known
    counted = weights > 0  # a class may have weight 0
    return {name: c[counted] for name, c in {**columns, "weights": weights}.items()}, known


def _columns(
    rows: NDArray[Any],
    targets: Tensor,
    *,
    sample_weight: ArrayLike | None,
) -> dict[str, Tensor]:
    """Rows and targets, without rows of zero weight."""
    if sample_weight is None:
        return {"x": torch.from_numpy(rows), "y": targets}
    used, weights = used_rows(sample_weight, rows)
    kept = torch.from_numpy(used)
    return {"x": torch.from_numpy(rows)[kept], "y": targets[kept], "weights": weights}


def same_classes(model: Any, classes: NDArray[Any]) -> None:  # noqa: ANN401
    """Raises ValueError unless the classes are those of the model's earlier fits."""
    if not np.array_equal(model.classes_, classes):
        raise UsageError(
            f"warm_start goes on with the classes {model.classes_[:20].tolist()}, and y has "
            f"{classes[:20].tolist()}: set warm_start=False"
        )
