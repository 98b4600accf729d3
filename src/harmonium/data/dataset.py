"""Examples for training, validation and test, with the kinds of their columns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypedDict, Unpack

from torch import Tensor

from harmonium.data.examples import Examples
from harmonium.data.kinds import Classes, Kind, Numbers, Series, Tokens, of_shape
from harmonium.data.streamed import pieces
from harmonium.data.tree_kinds import NodeClasses
from harmonium.data.vocabulary import Vocabulary
from harmonium.errors import DataError
from harmonium.files import plain

__all__ = ["DataSet"]


class _Short(TypedDict, total=False):
    """Short form of the kinds of the usual columns."""

    shape: tuple[int, ...]
    classes: tuple[str | int, ...]
    features: tuple[str, ...]


@dataclass(frozen=True, eq=False, repr=False, init=False)
class DataSet:
    """Training examples, with validation and test examples if there are any.

    Args:
        name: of the set.
        train: training rows.
        validation: validation rows.
        test: test rows.
        columns: name -> kind. By default "x" and "weights" are numbers, and "y" classes without
            names if it is int64, otherwise numbers.
        **short: instead of a kind of "x" or "y": `shape`, the axes of a row as stored (`of_shape`
            says which rows are pictures); `features`, names of the values of a row; `classes`,
            names of the classes, strings or whole numbers.

    Raises:
        ValueError: a column does not fit its kind, a label has no class, or only some features
            have names.

    >>> import torch
    >>> from harmonium.data import Picture, Split
    >>> x, y = torch.zeros(3, 4), torch.tensor([0, 1, 0])
    >>> columns = {"x": Picture((1, 2, 2)), "y": Classes(("cat", "dog"))}
    >>> DataSet("toy", Split(x, y), test=Split(x), columns=columns)
    DataSet('toy': 3 train, 3 test, each 2 x 2, 2 classes)
    >>> short = DataSet("toy", Split(x, y), shape=(2, 2), classes=("cat", "dog"))
    >>> short.columns == columns
    True
    >>> DataSet("real", Split(x, torch.zeros(3, 1)))
    DataSet('real': 3 train, each 4, 1 target)
    """

    name: str
    train: Examples
    validation: Examples | None
    test: Examples | None
    columns: Mapping[str, Kind]

    def __init__(
        self,
        name: str,
        train: Examples,
        *,
        validation: Examples | None = None,
        test: Examples | None = None,
        columns: Mapping[str, Kind] | None = None,
        **short: Unpack[_Short],
    ) -> None:
        name = plain(name)
        splits = {"train": train, "validation": validation, "test": test}
        there = {part: split for part, split in splits.items() if split is not None}
        try:
            kinds = _kinds({**(columns or {})}, there, short=short)
        except DataError as error:
            raise DataError(f"{name}: {error}") from None
        for part, split in there.items():
            for column, rows in split.columns.items():
                try:
                    kinds[column].check(rows)
                except DataError as error:
                    raise DataError(f"{name}, {part}: {error}") from None
        bound = {part: replace(split, kinds=kinds) for part, split in there.items()}
        own = {"name": name, **splits, **bound, "columns": kinds}
        for field, value in own.items():
            object.__setattr__(self, field, value)

    # --- what is known of the columns ----------------------------------------------------------

    @property
    def shape(self) -> tuple[int, ...]:
        """Axes of a row of "x" as stored: (height, width) for a grey picture."""
        return self.columns["x"].stored

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the values of a row of "x", or its vocabulary; empty without names."""
        kind = self.columns["x"]
        return () if isinstance(kind, Classes | NodeClasses) else kind.names

    @property
    def classes(self) -> tuple[str | int, ...]:
        """`classes[k]` is the name of label k; empty if "y" holds no classes."""
        kind = self.columns.get("y")
        return kind.names if isinstance(kind, Classes) else ()

    @property
    def targets(self) -> tuple[str, ...]:
        """Names of the real targets, numbered if they have none; empty without targets."""
        kind = self.columns.get("y")
        if not isinstance(kind, Numbers):
            return ()
        (count,) = kind.shape
        unnamed = ("target",) if count == 1 else tuple(f"target_{k}" for k in range(count))
        return kind.names or unnamed

    @property
    def vocabulary(self) -> Vocabulary | None:
        """The vocabulary of texts in "x"; None for other data."""
        kind = self.columns.get("x")
        return kind.vocabulary if isinstance(kind, Tokens) else None

    @property
    def written(self) -> Vocabulary | None:
        """The vocabulary of sequences in "target", which belong to those in "x"; else None."""
        kind = self.columns.get("target")
        return kind.vocabulary if isinstance(kind, Tokens) else None

    @property
    def is_stream(self) -> bool:
        """Whether the rows are consecutive pieces of one text."""
        kind = self.columns.get("x")
        return isinstance(kind, Tokens) and kind.stream

    @property
    def shared_rows(self) -> int | None:
        """Rows before each row that have a part of it, where rows are consecutive pieces.

        None for rows in any order, 0 for pieces that only touch.
        """
        kind = self.columns.get("x")
        if isinstance(kind, Series) and kind.overlap is not None:
            return -(-kind.overlap // (kind.length - kind.overlap))
        return 0 if self.is_stream else None

    def splits(self) -> dict[str, Examples]:
        """Name -> examples, for the existing splits."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: split for name, split in named.items() if split is not None}

    def each(
        self,
        change: Callable[[Examples], Examples],
        *,
        columns: Mapping[str, Kind] | None = None,
    ) -> DataSet:
        """Returns the set with every split changed; `columns` are new kinds, if they differ."""
        changed: dict[str, Any] = {name: change(split) for name, split in self.splits().items()}
        return replace(self, **changed, columns=self.columns if columns is None else columns)

    def fingerprint(self) -> str:
        """SHA-256 over every value, label, weight, shape and name, in hexadecimal."""
        real = [self.targets] if self.targets else []
        known_symbols = (self.vocabulary, self.written)
        texts = [symbols.symbols for symbols in known_symbols if symbols is not None]
        known = [self.shape, self.classes, self.features, *real, *texts]
        digest = hashlib.sha256(json.dumps(known).encode())
        for part, split in self.splits().items():
            usual = (split.x, split.y, split.weights)
            digest.update(f"{part} {tuple(split.x.shape)} {split.x.dtype}".encode())
            for column in usual:
                for piece in (None,) if column is None else pieces(column):
                    digest.update(b"-" if piece is None else _bytes(piece))
            for name in sorted(split.columns.keys() - {"x", "y", "weights"}):
                column = split.columns[name]
                digest.update(f"{name} {tuple(column.shape)} {column.dtype}".encode())
                for piece in pieces(column):
                    digest.update(_bytes(piece))
        return digest.hexdigest()

    def __repr__(self) -> str:
        sizes = ", ".join(f"{len(split)} {name}" for name, split in self.splits().items())
        each = " x ".join(map(str, self.shape))
        k = len(self.targets)
        what = f"{k} target{'s' * (k > 1)}" if k else f"{len(self.classes)} classes"
        if self.vocabulary is not None and not self.classes:
            what = f"{len(self.vocabulary)} {self.vocabulary.unit}"
            what += f" to {len(self.written)}" if self.written is not None else ""
        return f"DataSet({self.name!r}: {sizes}, each {each}, {what})"


def _kinds(
    kinds: dict[str, Kind], splits: Mapping[str, Examples], *, short: _Short
) -> dict[str, Kind]:
    """Kind of every column: as given, from the short form, or from the rows."""
    columns = {name: rows for split in splits.values() for name, rows in split.columns.items()}
    if "shape" in short or "features" in short:
        width = columns["x"].shape[1:]
        stored = short.get("shape", kinds["x"].stored if "x" in kinds else width)
        kinds["x"] = of_shape(stored, short.get("features", ()))
    if short.get("classes") or ("classes" in short and _labelled(splits)):
        kinds["y"] = Classes(short["classes"])
    elif "classes" in short and isinstance(kinds.get("y"), Classes):
        del kinds["y"]
    if "y" in columns and "y" not in kinds:
        y = columns["y"]
        kinds["y"] = Numbers(tuple(y.shape[1:])) if y.is_floating_point() else Classes(())
    for name, rows in columns.items():
        kinds.setdefault(name, Numbers(tuple(rows.shape[1:])))
    return kinds


def _labelled(splits: Mapping[str, Examples]) -> bool:
    return any(split.labels is not None for split in splits.values())


def _bytes(x: Tensor) -> memoryview:
    return x.contiguous().cpu().numpy().data
