"""Checks a whole data set before training: errors for impossible values, otherwise warnings."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from harmonium.data.check import (
    check_array,
    check_range,
    constant_features,
    standardised_warning,
)
from harmonium.data.columns import listed
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.kinds import Series
from harmonium.data.streamed import Rows, pieces
from harmonium.data.summary import extremes
from harmonium.errors import DataError

__all__ = ["inspect", "target_figures"]

_FEW = 10  # minimum number of training rows without a warning
_BITS, _TABLE = 10, 10_000  # limits of a truth table
_SHOWN = 5  # names in a list before "and 7 more"


def inspect(
    dataset: DataSet,
    *,
    low: float | None = None,
    high: float | None = None,
    user: str = "the model needs",
    remedy: str = "add a `scale` transform or use gaussian units",
) -> list[str]:
    """Checks every split before training and returns warnings.

    `low` and `high` are the range of the visible units, None for no bound. Without any bound, rows
    are also checked for values that disturb Gaussian units: constant features, and features far
    from mean 0 and deviation 1. Further warnings: classes without a labelled row in a split that
    has labels; validation or test rows that are also training rows; very few training rows; real
    targets that are constant in the training rows. The whole truth table of a few bits is neither
    few rows nor are its test rows others.

    Raises:
        TypeError: rows are not floating point.
        ValueError: a split is empty; values are NaN or infinite (with count and first place) or
            out of range (with the range found); weights are negative, not finite, or all 0; or all
            training rows are equal.

    >>> import torch
    >>> from harmonium.data.examples import Split
    >>> x = torch.tensor([[-0.42], [2.8]])
    >>> inspect(DataSet("toy", Split(x), shape=(1,)), low=0, high=1, user="Bernoulli units need")
    Traceback (most recent call last):
    harmonium.errors.DataError: toy, train: values range from -0.42 to 2.8; Bernoulli units \
need [0, 1]: add a \
`scale` transform or use gaussian units
    """
    for part, split in dataset.splits().items():
        where = f"{dataset.name}, {part}"
        if dataset.vocabulary is not None:
            continue  # the kind of the column has checked the indices
        check_array(split.x, name=where)
        advice = _eight_bits(split.x) if high == 1 else None
        check_range(
            split.x,
            name=f"{where}: values",
            low=low,
            high=high,
            user=user,
            remedy=advice or remedy,
        )
        _check_weights(split, where)
    if dataset.vocabulary is not None:
        return [*_few_rows(dataset), *_missing_classes(dataset)]
    _check_variety(dataset)
    warnings = _missing_classes(dataset)
    if not _truth_table(dataset.train.x):
        warnings = [*_few_rows(dataset), *warnings, *_repeated_rows(dataset)]
    warnings += _constant_targets(dataset)
    series = isinstance(dataset.columns["x"], Series)  # their readers standardise real channels
    if low is None and high is None and not series:
        warnings += _unscaled(dataset)
    return warnings


def target_figures(dataset: DataSet) -> dict[str, dict[str, dict[str, float]]]:
    """Split -> real target -> its "mean", "deviation", "smallest" and "largest" value.

    The standard deviation divides by N - 1. Empty without real targets.

    >>> import torch
    >>> from harmonium.data.examples import Split
    >>> toy = DataSet("toy", Split(torch.zeros(2, 1), torch.tensor([[1.0], [3.0]])))
    >>> target_figures(toy)["train"]["target"]["mean"]
    2.0
    """
    by_split: dict[str, dict[str, dict[str, float]]] = {}
    for part, split in dataset.splits().items():
        if split.targets is None or not len(split):
            continue
        y = split.targets.double()
        spread = y.std(0, correction=min(1, len(y) - 1))
        columns = zip(y.mean(0), spread, y.amin(0), y.amax(0), strict=True)
        words = ("mean", "deviation", "smallest", "largest")
        figures = [dict(zip(words, map(float, column), strict=True)) for column in columns]
        by_split[part] = dict(zip(dataset.targets, figures, strict=True))
    return by_split


def _constant_targets(dataset: DataSet) -> list[str]:
    train = target_figures(dataset).get("train", {})
    constant = [name for name, f in train.items() if f["smallest"] == f["largest"]]
    if not constant:
        return []
    return [
        f"{dataset.name}: {len(constant)} of {len(train)} targets never change in the training "
        f"rows: {listed(constant, _SHOWN)}"
    ]


def _eight_bits(x: Rows) -> str | None:
    least, most = map(float, extremes(x))
    if 1 < most <= 255 and least >= 0 and all(bool((p == p.round()).all()) for p in pieces(x)):
        return (
            "these look like 8-bit pixels or counts: add the transform {type: scale, divide: 255}"
        )
    return None


def _check_weights(split: Examples, where: str) -> None:
    w = split.weights
    if w is None:
        return
    bad = (~(w.isfinite() & (w >= 0))).nonzero().flatten()
    if len(bad):
        raise DataError(
            f"{where}: weight {float(w[bad[0]])} at row {int(bad[0])} (from 0); weights are "
            f"finite and at least 0: {len(bad)} of {len(w)} must be put right"
        )
    if not bool((w > 0).any()):
        raise DataError(f"{where}: all {len(w)} weights are 0: give some row a weight above 0")


def _check_variety(dataset: DataSet) -> None:
    x = dataset.train.x
    if len(x) > 1 and len(constant_features(x)) == x.shape[1]:
        raise DataError(
            f"{dataset.name}, train: all {len(x)} rows are equal, so there is nothing to learn: "
            "check the reader and the transforms"
        )


def _few_rows(dataset: DataSet) -> list[str]:
    n = len(dataset.train)
    return [f"{dataset.name}: only {n} training rows"] if n < _FEW else []


def _truth_table(x: Rows) -> bool:
    """Whether the rows are all rows of so many bits, so that there are no others to test."""
    width = x.shape[1]
    if not isinstance(x, Tensor) or width > _BITS or len(x) > _TABLE:
        return False
    return bool(((x == 0) | (x == 1)).all()) and len(x.unique(dim=0)) == 2**width


def _missing_classes(dataset: DataSet) -> list[str]:
    if not getattr(dataset.columns.get("y"), "expected", False):
        return []
    warnings = []
    for part, split in dataset.splits().items():
        labels = split.labels
        if labels is None or not split.labelled_rows:
            continue
        counts = labels[labels >= 0].bincount(minlength=len(dataset.classes)).tolist()
        lacking = [str(name) for name, n in zip(dataset.classes, counts, strict=True) if n == 0]
        if lacking:
            warnings.append(
                f"{dataset.name}, {part}: no labelled row of {len(lacking)} of "
                f"{len(dataset.classes)} classes: {listed(lacking, _SHOWN)}"
            )
    return warnings


def _repeated_rows(dataset: DataSet) -> list[str]:
    others = {part: split for part, split in dataset.splits().items() if part != "train"}
    if not others:
        return []
    seen = _hashes(dataset.train.x)
    warnings = []
    for part, split in others.items():
        repeated = np.flatnonzero(np.isin(_hashes(split.x), seen))
        if len(repeated):
            warnings.append(
                f"{dataset.name}: {len(repeated)} of {len(split)} {part} rows are also training "
                f"rows, the first at row {repeated[0]} (from 0): figures on {part} rows will "
                "look too good"
            )
    return warnings


def _hashes(x: Rows) -> np.ndarray[Any, np.dtype[np.int64]]:
    arrays = (piece.detach().cpu().contiguous().numpy() for piece in pieces(x))
    return np.fromiter((hash(row.tobytes()) for rows in arrays for row in rows), np.int64, len(x))


def _unscaled(dataset: DataSet) -> list[str]:
    x = dataset.train.x
    constant = constant_features(x)
    warnings = []
    if len(constant):
        names = [dataset.features[i] if dataset.features else str(i) for i in constant.tolist()]
        warnings.append(
            f"{dataset.name}: {len(names)} of {x.shape[1]} features never change in the training "
            f"rows: {listed(names, _SHOWN)}"
        )
    if len(x) > 1 and (message := standardised_warning(x)) is not None:
        warnings.append(f"{dataset.name}: {message.split(': use')[0]}: add `standardise`")
    return warnings
