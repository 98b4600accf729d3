"""Splits rows: held-out rows, and few labels among many rows."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from harmonium.data.columns import listed
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.errors import DataError

__all__ = ["few_labels", "held_out", "keep_labels", "strata", "validation", "with_test"]


def few_labels(labels: Tensor, per_class: int, *, source: torch.Generator | None = None) -> Tensor:
    """Returns the sorted indices of a random subset with `per_class` rows of every class.

    Shapes: labels (N,) of integers, result int64 (classes present * per_class,).

    Raises:
        ValueError: labels are not (N,), per_class < 1, or a class has too few rows.

    >>> labels = torch.tensor([1, 0, 1, 0, 1, 1])
    >>> labels[few_labels(labels, 2)].bincount().tolist()
    [2, 2]
    """
    if labels.ndim != 1 or labels.is_floating_point() or per_class < 1:
        raise DataError(
            f"labels of shape {tuple(labels.shape)} and {labels.dtype}, per_class {per_class}; "
            "integer labels (N,) and per_class of at least 1 are needed"
        )
    classes, counts = labels.unique(return_counts=True)
    scarce = [(int(k), int(n)) for k, n in zip(classes, counts, strict=True) if n < per_class]
    if scarce:
        shortages = ", ".join(f"class {k} has only {n} rows" for k, n in scarce)
        least = min(n for _, n in scarce)
        raise DataError(
            f"{shortages}; {per_class} per class were asked for: ask for at most {least}"
        )
    return _drawn(labels, dict.fromkeys(classes.tolist(), per_class), source=source)


def held_out(
    labels: Tensor, share: float, *, source: torch.Generator | None = None
) -> tuple[Tensor, Tensor]:
    """Returns the sorted indices of the rows kept, and of a random fraction held out.

    Stratified: of n rows with one label (-1 counts as a label), share * n are held out, rounded so
    that the total is the whole number nearest to share * N (largest remainders first). The only
    row of a label is kept.

    Raises:
        ValueError: share is not between 0 and 1, or either part would be empty.

    >>> kept, held = held_out(torch.tensor([0, 0, 1, 1, 1, 1]), 0.5)
    >>> len(kept), len(held)
    (3, 3)
    """
    if not 0 < share < 1:
        raise DataError(f"share {share}; a share of rows lies above 0 and below 1")
    values, counts = labels.unique(return_counts=True)
    sizes = {k: n for k, n in zip(values.tolist(), counts.tolist(), strict=True) if n > 1}
    quota = {k: int(share * n) for k, n in sizes.items()}
    lacking = round(share * len(labels)) - sum(quota.values())
    by_remainder = sorted(sizes, key=lambda k: quota[k] - share * sizes[k])
    for k in by_remainder[: max(lacking, 0)]:
        quota[k] += quota[k] + 1 < sizes[k]
    held = _drawn(labels, quota, source=source)
    if not 0 < len(held) < len(labels):
        raise DataError(
            f"a share of {share} of {len(labels)} rows holds {len(held)} out: both parts need at "
            "least one row: choose another share or bring more rows"
        )
    kept = torch.ones(len(labels), dtype=torch.bool, device=labels.device)
    kept[held] = False
    return kept.nonzero().flatten(), held


def validation(
    dataset: DataSet, share: float, *, source: torch.Generator | None = None
) -> DataSet:
    """Returns the set with a random fraction of its training rows as validation rows.

    Stratified by label for classes, as in `held_out`. Where rows are consecutive pieces, of a text
    or of a long series, they are the last rows; training rows that share frames with them are left
    out. A share of 0 changes nothing.

    Raises:
        ValueError: there are validation rows already, or share does not fit.

    >>> from harmonium.data.examples import Split
    >>> toy = DataSet("toy", Split(torch.zeros(10, 1)))
    >>> validation(toy, 0.2)
    DataSet('toy': 8 train, 2 validation, each 1, 0 classes)
    """
    if share == 0:
        return dataset
    if dataset.validation is not None:
        raise DataError(
            f"{dataset.name} brings {len(dataset.validation)} validation rows of its own: set the "
            "share to 0 to use them"
        )
    train = dataset.train
    if dataset.shared_rows is not None:  # a random split would tear them up
        kept, held = _last_rows(train, share, gap=dataset.shared_rows)
    else:
        kept, held = held_out(strata(train), share, source=source)
    return replace(dataset, train=train.take(kept), validation=train.take(held))


def with_test(dataset: DataSet, share: float, *, seed: int = 0) -> DataSet:
    """Returns the set with a random fraction of its training rows as test rows.

    Stratified by label as in `held_out`; the choice depends on `seed` alone. Of consecutive pieces
    the last ones, as in `validation`. A share of 0 changes nothing.

    Raises:
        ValueError: there are test rows already, or share does not fit.
    """
    if share == 0:
        return dataset
    if dataset.test is not None:
        raise DataError(
            f"{dataset.name} brings {len(dataset.test)} test rows of its own: ask for no share"
        )
    train, source = dataset.train, torch.Generator().manual_seed(seed)
    if dataset.shared_rows is not None:
        kept, held = _last_rows(train, share, gap=dataset.shared_rows)
    else:
        kept, held = held_out(strata(train), share, source=source)
    return replace(dataset, train=train.take(kept), test=train.take(held))


def keep_labels(
    dataset: DataSet,
    *,
    per_class: int | None = None,
    fraction: float | None = None,
    source: torch.Generator | None = None,
) -> DataSet:
    """Returns the set with the labels of only some training rows; the others become -1.

    Either `per_class` rows of every class keep their label, or `fraction` of the rows of every
    class, rounded, at least one. The order of rows does not change.

    Raises:
        ValueError: not exactly one of the two is given, there are no labels, or a class has too
            few rows; the message names the classes.

    >>> from harmonium.data.examples import Split
    >>> y = torch.tensor([0, 1, 0, 1, 1])
    >>> toy = DataSet("toy", Split(torch.zeros(5, 1), y), shape=(1,), classes=("a", "b"))
    >>> keep_labels(toy, per_class=1).train
    Examples(5 rows of 1, 2 labelled)
    """
    if (per_class is None) == (fraction is None):
        raise DataError(
            f"per_class is {per_class} and fraction {fraction}: give exactly one of them"
        )
    if (per_class is not None and per_class < 1) or (fraction is not None and not fraction > 0):
        raise DataError(f"per_class {per_class}, fraction {fraction}: it must be above 0")
    if dataset.targets:
        raise DataError(
            f"{dataset.name} has real targets, {listed(dataset.targets)}, and no classes: labels "
            "cannot be kept of some rows only: leave labels out"
        )
    y = dataset.train.labels
    if y is None or not bool((y >= 0).any()):
        raise DataError(f"{dataset.name}: no training row has a label, so none can be kept")
    counts = y[y >= 0].bincount().tolist()
    quota = {
        k: max(1, min(n, round(fraction * n))) if fraction is not None else per_class or 0
        for k, n in enumerate(counts)
        if n > 0
    }
    scarce = [k for k, wanted in quota.items() if wanted > counts[k]]
    if scarce:
        shortages = ", ".join(f"class {dataset.classes[k]!r} has {counts[k]}" for k in scarce)
        raise DataError(
            f"{dataset.name}: {per_class} labels per class were asked for, but {shortages}: ask "
            f"for at most {min(counts[k] for k in scarce)}"
        )
    rows = _drawn(y, quota, source=source)
    kept = torch.full_like(y, -1)
    kept[rows] = y[rows]
    return replace(dataset, train=dataset.train.with_columns(y=kept))


def _last_rows(train: Examples, share: float, *, gap: int) -> tuple[Tensor, Tensor]:
    """Indices of the rows kept, and of a fraction at the end; the gap before these is left out."""
    rows, cut = torch.arange(len(train)), len(train) - round(share * len(train))
    if not gap < cut < len(train):
        raise DataError(
            f"a share of {share} of {len(train)} rows leaves a part empty: choose another share "
            "or bring more rows"
        )
    return rows[: cut - gap], rows[cut:]


def strata(split: Examples) -> Tensor:
    """Groups for stratified splits, int64 (N,): labels, or zeros without labels."""
    labels = split.labels
    return torch.zeros(len(split), dtype=torch.int64) if labels is None else labels


def _drawn(labels: Tensor, quota: dict[int, int], *, source: torch.Generator | None) -> Tensor:
    """Sorted indices of quota[k] random rows with label k, for every k of the quota."""
    device = "cpu" if source is None else source.device
    order = torch.randperm(len(labels), generator=source, device=device).to(labels.device)
    shuffled = labels[order]
    chosen = [order[shuffled == k][:n] for k, n in quota.items()]
    return torch.cat(chosen).sort().values if chosen else order[:0]
