"""Checks of rows from users of scikit-learn: arrays and frames of numbers only."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from numbers import Number
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, DTypeLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.utils import validation
from torch import Tensor

from harmonium.data.columns import listed
from harmonium.errors import UsageError

__all__ = ["FLOATS", "check_numbers", "in_order", "new_rows", "used_rows", "validate_data"]

FLOATS = [np.float64, np.float32]
"""Types of rows; other numbers are converted to the first."""

_NO_NUMBERS = (
    str,
    bytes,
    list,
    tuple,
    np.ndarray,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    np.datetime64,
    np.timedelta64,
)


def validate_data(model: BaseEstimator, X: Any, *labels: Any, **settings: Any) -> Any:  # noqa: ANN401
    """``validate_data`` of scikit-learn, also for torch tensors, and stricter in two ways.

    Times and text are refused, because NumPy converts them to numbers (nanoseconds; 1001 from
    "100_1"). Column names that are not strings are also compared with those of ``fit``.

    Raises:
        ValueError: as in scikit-learn, and for times, text and other column names.
    """
    if isinstance(X, Tensor):
        X = X.detach().cpu().numpy()
    check_numbers(X)
    checked = validation.validate_data(model, X, *labels, **settings)
    checked = _writable(checked)
    names = [] if (given_names := _names(X)) is None else given_names
    plain = not all(isinstance(name, str) for name in names)
    if settings.get("reset", True):
        model._columns = names if plain else None
        return checked
    before = getattr(model, "_columns", None)
    if plain and before is not None and names != before:
        raise UsageError(
            f"the columns of X are {listed(names)}, and fit saw {listed(before)}: give the same "
            "columns in the same order"
        )
    return checked


def new_rows(
    model: BaseEstimator,
    X: ArrayLike,
    *,
    dtype: DTypeLike | list[type] = FLOATS,
    gaps: bool = False,
) -> Tensor:
    """A copy of rows ``(N, n_features)`` for a method of a fitted estimator.

    NaN is allowed with ``gaps``, as a missing value.

    Raises:
        ValueError: the estimator is not fitted (``NotFittedError``), or as ``validate_data``.
    """
    validation.check_is_fitted(model)
    finite: Any = "allow-nan" if gaps else True
    rows = validate_data(model, X, dtype=dtype, reset=False, copy=True, ensure_all_finite=finite)
    return torch.from_numpy(rows)


def used_rows(sample_weight: ArrayLike | None, X: NDArray[Any]) -> tuple[NDArray[Any], Tensor]:
    """Marks rows with a weight above zero, ``(N,)``, and returns the weights of these rows.

    Raises:
        ValueError: a weight is negative, or all weights are zero.
    """
    weights = validation._check_sample_weight(
        sample_weight, X, dtype=X.dtype, ensure_non_negative=True
    )
    if not weights.any():
        raise UsageError("all sample weights are zero")
    used = weights > 0
    return used, torch.from_numpy(weights[used])


def check_numbers(X: Any) -> None:  # noqa: ANN401
    """Checks that neither an array nor a column of a frame holds times or text.

    Raises:
        ValueError: one does; the message gives its name and type.
    """
    if hasattr(X, "dtypes") and hasattr(X, "columns"):
        for i, (name, kind) in enumerate(zip(X.columns, X.dtypes, strict=True)):
            column = X.iloc[:, i] if hasattr(X, "iloc") else X[name]
            kind = kind if hasattr(kind, "kind") else np.asarray(column).dtype
            strange = (v for v in column if not _is_cell(v)) if kind.kind == "O" else ()
            _check(f"X, column {name!r}", kind, strange=strange)
        return
    if not hasattr(X, "dtype"):
        try:
            X = np.asarray(X)
        except (ValueError, TypeError):
            return  # scikit-learn raises the error
    values = np.asarray(X).ravel() if getattr(X.dtype, "kind", "") == "O" else ()
    _check("X", X.dtype, strange=(v for v in values if isinstance(v, _NO_NUMBERS)))


def in_order(known: Any, model: BaseEstimator) -> Any:  # noqa: ANN401
    """Orders the known values of a frame, series or mapping as the features of an estimator.

    Features without a known value are free, NaN. Other inputs are returned unchanged.

    Args:
        known: values, with names or without.
        model: a fitted estimator; ``feature_names_in_`` are the names of its features.

    Raises:
        ValueError: a name is not a feature of the estimator.
    """
    if known is None:
        return None
    names = getattr(model, "feature_names_in_", None)
    if isinstance(known, Mapping):
        own, values = list(known), np.array(list(known.values())).T
    else:
        index = getattr(known, "index", ())
        own = _names(known) or ([] if callable(index) else list(index))
        values = known
    check_numbers(values)
    if not own or not all(isinstance(name, str) for name in own):
        return known
    if names is None:
        if isinstance(known, Mapping):
            raise UsageError("the estimator was fitted without names: give known values in order")
        return known
    if strange := [name for name in own if name not in list(names)]:
        raise UsageError(f"no feature is named {listed(strange)}; fit saw {listed(names)}")
    rows: NDArray[Any] = np.asarray(values, dtype=float)
    ordered = np.full((*rows.shape[:-1], len(names)), np.nan)
    ordered[..., [list(names).index(name) for name in own]] = rows
    return ordered


def _writable(checked: Any) -> Any:  # noqa: ANN401
    """Copies read-only arrays, such as pandas' views, to writable ones."""
    if isinstance(checked, tuple):
        return tuple(map(_writable, checked))
    if isinstance(checked, np.ndarray) and not checked.flags.writeable:
        return checked.copy()
    return checked


def _names(X: Any) -> list[Any] | None:  # noqa: ANN401
    columns = getattr(X, "columns", None)
    return None if columns is None else list(columns)


def _is_cell(value: Any) -> bool:  # noqa: ANN401
    """Whether a cell of a frame is a number or missing."""
    return (
        value is None or isinstance(value, Number | np.bool_) or type(value).__name__ == "NAType"
    )


def _check(where: str, dtype: Any, *, strange: Iterable[Any]) -> None:  # noqa: ANN401
    kind = str(dtype) if getattr(dtype, "kind", "") in set("MmUS") else None
    kind = kind or next((type(value).__name__ for value in strange), None)
    if kind is not None:
        text = kind.startswith(("str", "bytes", "<U", ">U", "|S"))
        what = "could not convert string to float" if text else "these are no numbers"
        raise UsageError(
            f"{where}: of type {kind}, {what}: convert it, such as a time to days since a date "
            "and text to codes, or leave it out"
        )
