"""Rows as scikit-learn's users give them: arrays, frames, lists; torch's tensors too."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import validation
from torch import Tensor

__all__ = ["validate_data"]


def validate_data(model: BaseEstimator, X: Any, *y: Any, **options: Any) -> Any:  # noqa: ANN401
    """scikit-learn's function of this name, for tensors as well, and with no times as numbers.

    Args:
        model: the estimator.
        X: ``(n_samples, n_features)``.
        *y: labels, if there are any.
        **options: as there.

    Raises:
        TypeError: a column holds dates, times or durations.
        ValueError: as there.
    """
    if isinstance(X, Tensor):
        X = X.detach().cpu().numpy()
    if times := _times(X):
        raise TypeError(
            f"{', '.join(times)}: dates and durations are no features by themselves: turn them "
            "into numbers that mean something (an age, the hour of the day), or leave them out"
        )
    return validation.validate_data(model, X, *y, **options)


def _times(X: Any) -> list[str]:  # noqa: ANN401
    """Columns of a frame, or the array, whose type is a date, a time or a duration."""
    columns, kinds = getattr(X, "columns", None), getattr(X, "dtypes", None)
    if columns is not None and kinds is not None:
        return [f"column {c!r}" for c, kind in zip(columns, kinds, strict=False) if _is_time(kind)]
    if isinstance(X, list | tuple) and X:
        first = X[0] if isinstance(X[0], list | tuple | np.ndarray) else X
        return ["X"] if any(isinstance(v, np.datetime64 | np.timedelta64) for v in first) else []
    return ["X"] if _is_time(getattr(X, "dtype", None)) else []


def _is_time(kind: object) -> bool:
    if getattr(kind, "kind", None) in {"m", "M"}:
        return True
    return str(kind).startswith(("Date", "Time", "Duration", "datetime", "timestamp"))
