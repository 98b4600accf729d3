"""Rows for training, validation and test, with what is known about them."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from harmonium.data.streamed import Rows, pieces, taken
from harmonium.errors import DataError
from harmonium.files import plain

__all__ = ["DataSet", "Split"]


@dataclass(frozen=True, eq=False, repr=False)
class Split:
    """Rows that are used together.

    Shapes: `x` floating point (N, D), a tensor or `Streamed`; `y` int64 (N,), indices into the
    set's classes, -1 where a row has no label; `weights` (N,), importance of the rows; `names` of
    the rows, such as files, with escapes for bytes that are no text.

    Raises:
        ValueError: where the first axes differ, or a type is not as stated.

    >>> Split(torch.zeros(3, 4), torch.tensor([0, -1, 1]))
    Split(3 rows of 4, 2 labelled)
    """

    x: Rows
    y: Tensor | None = None
    weights: Tensor | None = None
    names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        if self.x.ndim != 2 or not self.x.is_floating_point():
            raise DataError(
                f"rows are {self.x.dtype} of shape {tuple(self.x.shape)}; floating point (N, D) "
                "is needed: flatten each example to one row"
            )
        n = len(self.x)
        lengths = {"labels": self.y, "weights": self.weights, "names": self.names}
        for what, column in lengths.items():
            if column is not None and len(column) != n:
                raise DataError(f"{n} rows but {len(column)} {what}: one per row is needed")
        if self.names is not None:
            object.__setattr__(self, "names", tuple(map(plain, self.names)))
        if self.weights is not None:
            _check_weights(self.weights)
        if self.y is not None and (self.y.dtype != torch.int64 or self.y.ndim != 1):
            raise DataError(f"labels are {self.y.dtype} {tuple(self.y.shape)}; int64 (N,) needed")

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        known = "no" if self.y is None else f"{int((self.y >= 0).sum())}"
        return f"Split({len(self)} rows of {self.x.shape[1]}, {known} labelled)"

    def take(self, rows: Tensor) -> Split:
        """The rows with these indices, in their order."""
        names = None if self.names is None else tuple(self.names[i] for i in rows.tolist())
        y = None if self.y is None else self.y[rows]
        return Split(
            taken(self.x, rows), y, None if self.weights is None else self.weights[rows], names
        )


def _check_weights(weights: Tensor) -> None:
    wrong = ~((weights >= 0) & weights.isfinite())
    if bool(wrong.any()):
        row = int(wrong.nonzero()[0, 0])
        raise DataError(
            f"weight {float(weights[row])} at row {row} (from 0) is no importance, and so are "
            f"{int(wrong.sum())} of {len(weights)}: give finite weights that are not negative"
        )


@dataclass(frozen=True, eq=False, repr=False)
class DataSet:
    """Training rows, and validation and test rows where there are any.

    `shape` is that of one example, D its product; `classes[k]` is the name of label k, a string
    or whatever integer the labels were; `features` names the D values where they have names.

    Raises:
        ValueError: where a split does not fit `shape`, a label has no class, or the features have
            names for some only.

    >>> x, y = torch.zeros(3, 4), torch.tensor([0, 1, 0])
    >>> DataSet("toy", Split(x, y), test=Split(x), shape=(2, 2), classes=("cat", "dog"))
    DataSet('toy': 3 train, 3 test, each 2 x 2, 2 classes)
    """

    name: str
    train: Split
    validation: Split | None = None
    test: Split | None = None
    shape: tuple[int, ...] = ()
    classes: tuple[str | int, ...] = ()
    features: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", plain(self.name))
        if self.features and len(self.features) != math.prod(self.shape):
            raise DataError(
                f"{self.name}: {len(self.features)} feature names for {math.prod(self.shape)} "
                "values: name each value or none"
            )
        for part, split in self.splits().items():
            if split.x.shape[1] != math.prod(self.shape):
                raise DataError(
                    f"{self.name}, {part}: rows of {split.x.shape[1]} values, but shape "
                    f"{self.shape} needs {math.prod(self.shape)}"
                )
            if split.y is None or len(split) == 0:
                continue
            least, most = int(split.y.min()), int(split.y.max())
            if least < -1 or most >= len(self.classes):
                raise DataError(
                    f"{self.name}, {part}: labels from {least} to {most}; {len(self.classes)} "
                    f"classes need 0 to {len(self.classes) - 1}, or -1 for no label"
                )

    def splits(self) -> dict[str, Split]:
        """Name -> rows, of the splits that there are."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: split for name, split in named.items() if split is not None}

    def fingerprint(self) -> str:
        """SHA-256 over every value, label, weight, shape and class name, in hexadecimal."""
        digest = hashlib.sha256(json.dumps([self.shape, self.classes, self.features]).encode())
        for part, split in self.splits().items():
            digest.update(f"{part} {tuple(split.x.shape)} {split.x.dtype}".encode())
            for column in (split.x, split.y, split.weights):
                for piece in (None,) if column is None else pieces(column):
                    digest.update(b"-" if piece is None else _bytes(piece))
        return digest.hexdigest()

    def __repr__(self) -> str:
        sizes = ", ".join(f"{len(split)} {name}" for name, split in self.splits().items())
        each = " x ".join(map(str, self.shape))
        return f"DataSet({self.name!r}: {sizes}, each {each}, {len(self.classes)} classes)"


def _bytes(x: Tensor) -> memoryview:
    return x.contiguous().cpu().numpy().data
