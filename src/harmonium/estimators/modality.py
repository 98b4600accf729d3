"""One kind of data of a row, such as its picture or its words, as values of a group of units."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from torch import Tensor

from harmonium.data import Rows
from harmonium.data.sparse import sparse_rows
from harmonium.errors import UsageError, UsageTypeError
from harmonium.estimators.families import FAMILIES
from harmonium.estimators.frames import FLOATS, validate_data
from harmonium.units import Multinomial, Units
from harmonium.units.domain import inside

__all__ = ["KINDS", "Modality", "check_rows", "common_length", "named_parts", "several_parts"]

KINDS = ("auto", "counts", *sorted(FAMILIES))
"""Names of kinds of data."""
_PIECE = 1000


class Modality(BaseEstimator):
    """Reads one kind of data: finds its kind in ``fit``, and turns arrays into rows and back.

    Kind "auto" is "counts" for whole numbers of an integer type or in a sparse matrix, if one
    exceeds 1; "bernoulli" for values in [0, 1]; otherwise "gaussian". uint8 is divided by 255
    first. Gaussian columns are standardised, and given back in their own units.

    Args:
        name: of the modality, for messages.
        kind: one of ``KINDS``, or units, whose values are taken as they are.

    Attributes:
        kind_: the kind, or the units' class in lower case.
        shape_: of one row.
        columns_: number of values of one row.
        offset_, scale_: what is subtracted, and what the rest is divided by, ``(columns_,)``.
    """

    def __init__(self, name: str, kind: str | Units = "auto") -> None:
        self.name, self.kind = name, kind

    def fit(self, X: Any) -> Self:  # noqa: ANN401
        """Finds the kind, the shape and the scale.

        Raises:
            ValueError: values are infinite or outside the domain of the kind, or no row has any.
        """
        if not isinstance(self.kind, Units) and self.kind not in KINDS:
            raise UsageError(
                f"modality {self.name!r}: {self.kind!r} is not a kind; choose from "
                f"{', '.join(KINDS)}, or give units"
            )
        X = _spread(X)
        rows = self._checked(X, reset=True)
        self.shape_: tuple[int, ...] = tuple(int(n) for n in X.shape[1:])
        self.columns_ = int(rows.shape[1])
        bytes_ = getattr(X, "dtype", None) == np.uint8 and not _given(self.kind)
        self.bytes_ = bool(bytes_ and X.max() > 1)
        values = rows.data if issparse(rows) else rows
        values = values[~np.isnan(values)] / (255 if self.bytes_ else 1)
        if not values.size and not issparse(rows):
            raise UsageError(f"modality {self.name!r}: no row has a value: leave it out of X")
        if isinstance(self.kind, Units):
            self.kind_ = type(self.kind).__name__.lower()
        elif self.kind == "auto":
            self.kind_ = _kind_of(values, whole=_is_whole(X))
        else:
            self.kind_ = self.kind
        self.offset_ = np.zeros(self.columns_)
        self.scale_ = np.full(self.columns_, 255.0 if self.bytes_ else 1.0)
        if self.standardised:
            dense = rows.toarray() if issparse(rows) else rows
            if np.isnan(dense).all(0).any():
                raise UsageError(f"modality {self.name!r}: a column has no value: leave it out")
            self.offset_ = np.nanmean(dense, 0, dtype=np.float64)
            spread = np.nanstd(dense, 0, dtype=np.float64)
            self.scale_ = np.where(spread > 0, spread, 1.0)
        return self

    def units(self) -> Units:
        """New units for the rows."""
        if isinstance(self.kind, Units):
            if self.kind.shape.numel() != self.columns_:
                raise UsageError(
                    f"modality {self.name!r}: {self.kind} has {self.kind.shape.numel()} values, "
                    f"but a row has {self.columns_}"
                )
            return copy.deepcopy(self.kind)
        if self.kind_ == "counts":
            return Multinomial(self.columns_)
        return FAMILIES[self.kind_](self.columns_)

    def rows(self, X: Any) -> Rows:  # noqa: ANN401
        """Rows of values for the units, ``(N, columns_)``; NaN where missing.

        A sparse matrix of counts or of values in [0, 1] stays sparse.

        Raises:
            ValueError: the number or names of columns differ from those of ``fit``.
        """
        X = _spread(X)
        if tuple(X.shape[1:]) != self.shape_:
            raise UsageError(
                f"modality {self.name!r}: rows of shape {tuple(X.shape[1:])}, but fit saw rows "
                f"of shape {self.shape_}"
            )
        found = self._checked(X, reset=False)
        if issparse(found) and not self.offset_.any() and not self.bytes_:
            if not np.isnan(found.data).any():
                return sparse_rows(found)
        dense = found.toarray() if issparse(found) else found
        return torch.from_numpy(((dense - self.offset_) / self.scale_).astype(np.float32))

    def empty(self, n: int) -> Tensor:
        """Rows that are missing, ``(n, columns_)``."""
        return torch.full((n, self.columns_), torch.nan, dtype=torch.float32)

    def values(self, x: Tensor, *, known: Any = None) -> NDArray[np.float64]:  # noqa: ANN401
        """Rows in the units and shape of the user's data, ``(n, *shape_)``.

        Args:
            x: values of the units, ``(n, columns_)``.
            known: the user's data, whose values stay as they are; None if nothing is known.
        """
        found = x.double().numpy() * self.scale_ + self.offset_
        if known is not None:
            own = self._checked(_spread(known), reset=False)
            own = own.toarray() if issparse(own) else own
            found = np.where(np.isnan(own), found, own)
        return found.reshape(-1, *self.shape_)

    @property
    def standardised(self) -> bool:
        """Whether the columns are standardised."""
        return self.kind_ == "gaussian" and not isinstance(self.kind, Units)

    @property
    def log_scale(self) -> float:
        """Sum of the logs of the scales of standardised columns, nats; 0 for other kinds."""
        return float(np.log(self.scale_).sum()) if self.standardised else 0.0

    def _checked(self, X: Any, *, reset: bool) -> Any:  # noqa: ANN401
        """Flat rows, checked by scikit-learn; NaN is allowed."""
        flat = X.reshape(len(X), -1) if getattr(X, "ndim", 2) > 2 else X
        try:
            return validate_data(
                self,
                flat,
                reset=reset,
                dtype=FLOATS,
                accept_sparse="csr",
                ensure_all_finite="allow-nan",
            )
        except ValueError as error:
            raise UsageError(f"modality {self.name!r}: {error}") from error


def named_parts(X: Any) -> Mapping[str, Any]:  # noqa: ANN401
    """Returns X; raises TypeError if it is not a mapping."""
    if not isinstance(X, Mapping):
        raise UsageTypeError(
            f"X is {type(X).__name__}; give a dict of arrays by name, such as "
            '{"picture": pixels, "words": counts}'
        )
    return X


def several_parts(X: Any) -> dict[str, Any]:  # noqa: ANN401
    """The modalities that are not None; raises ValueError if there are fewer than two."""
    parts = {name: part for name, part in named_parts(X).items() if part is not None}
    if len(parts) < 2:
        raise UsageError(f"X has {[*parts]}: at least two modalities are needed")
    return parts


def common_length(lengths: Mapping[str, int]) -> int:
    """The number of rows of all modalities; raises ValueError if they differ."""
    if len(set(lengths.values())) > 1:
        shown = ", ".join(f"{name!r} {n}" for name, n in lengths.items())
        raise UsageError(f"modalities have different numbers of rows: {shown}")
    return next(iter(lengths.values()))


def check_rows(units: Units, x: Rows, *, name: str) -> None:
    """Raises ValueError where rows without gaps lie outside the domain of their units."""
    for piece in x.split(_PIECE):
        try:
            units.check(piece[~piece.isnan().any(1)])
        except ValueError as error:
            raise UsageError(f"modality {name!r}: {error}") from error


def _spread(X: Any) -> Any:  # noqa: ANN401
    """Lists as arrays, with rows of NaN for None."""
    if hasattr(X, "shape"):
        return X
    rows = list(X)
    full = [np.asarray(row) for row in rows if row is not None]
    if not full or len({row.shape for row in full}) > 1:
        raise UsageError("a list of rows needs at least one row, and all of the same shape")
    if len(full) == len(rows):
        return np.stack(full)
    gap = np.full(full[0].shape, np.nan)
    return np.stack([gap if row is None else np.asarray(row) for row in rows])


def _given(kind: str | Units) -> bool:
    """Whether the kind leaves bytes as they are."""
    return isinstance(kind, Units) or kind == "counts"


def _is_whole(X: Any) -> bool:  # noqa: ANN401
    """Whether X is sparse or of an integer type other than bytes, so that it may hold counts."""
    if issparse(X):
        return True
    dtypes = getattr(X, "dtypes", None)
    kinds = [getattr(X, "dtype", None)] if dtypes is None else list(dtypes)
    plain = [np.dtype(getattr(k, "numpy_dtype", k)) for k in kinds if k is not None]
    return bool(plain) and all(k.kind in "iu" and k != np.uint8 for k in plain)


def _kind_of(values: NDArray[Any], *, whole: bool) -> str:
    if inside(torch.from_numpy(np.asarray(values, dtype=np.float64)), (0, 1)):
        return "bernoulli"
    counted = whole and bool(((values >= 0) & (values == np.round(values))).all())
    return "counts" if counted else "gaussian"
