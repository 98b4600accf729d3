"""Encodes labels of any type as indices of named classes."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.data.numerals import number
from harmonium.errors import DataError
from harmonium.files import plain

__all__ = ["encode", "folder_codes"]

_Value = str | int | None
_WHOLE = re.compile(r"-?(0|[1-9]\d*)(\.0*)?", re.ASCII)  # not 007, which is a name

_DIGITS = 4000  # digits of a whole number; Python's own limit is about this


def encode(
    columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]],
    *,
    unlabelled: int | str | None = None,
) -> tuple[dict[str, Tensor], tuple[str | int, ...]]:
    """Returns the codes int64 (N,) of each column of labels, and the classes of all columns.

    Labels are strings, integers, booleans, or whole floating-point numbers; if all strings read as
    whole numbers, they are integers. A 2-D array is one-hot: one 1 per row, otherwise 0. Classes
    are sorted. A row has no label, code -1, if its label is `unlabelled`, empty, None or NaN. If
    `unlabelled` is None, -1 means no label as well; a warning says so if it occurs.

    Raises:
        ValueError: labels are not whole numbers (with the place); one-hot rows are not one-hot; or
            labels are only 1 and -1, where -1, by default "no label", is probably the other class
            (`unlabelled=-1` says that it is not).

    >>> codes, classes = encode({"train": ["dog", "", "cat"], "test": ["elk"]})
    >>> codes["train"].tolist(), codes["test"].tolist(), classes
    ([1, -1, 0], [2], ('cat', 'dog', 'elk'))
    >>> encode({"train": [10, 7, -1, 10]}, unlabelled=-1)[1]
    (7, 10)
    """
    values = {part: _plain(column, part) for part, column in columns.items()}
    whole = all(v is None or _is_whole(v) for column in values.values() for v in column)
    if not whole:
        _refuse_measurements(values)
    alike = _whole if whole else str  # strings and integers do not sort together
    values = {
        part: [None if v is None else alike(v) for v in column] for part, column in values.items()
    }
    present = {v for column in values.values() for v in column if v is not None}
    wanted = "-1" if unlabelled is None else str(unlabelled)
    mark = next((v for v in present if str(v) == wanted), None)
    classes = tuple(sorted(present - {mark}))
    if mark is not None and unlabelled is None:
        _doubt(classes, rows=sum(v == mark for column in values.values() for v in column))
    code: dict[_Value, int] = {name: i for i, name in enumerate(classes)}
    codes = {
        part: torch.tensor([code.get(v, -1) for v in column], dtype=torch.int64)
        for part, column in values.items()
    }
    return codes, classes


def _doubt(classes: tuple[str | int, ...], *, rows: int) -> None:
    """Refuses or warns of labels -1 whose meaning was not given."""
    remedy = 'set unlabelled to "" if -1 is a class, to -1 if these rows have no label'
    if classes in {(1,), ("1",), ("+1",)}:
        raise DataError(
            f"the labels are -1 and {classes[0]} only, and -1 means no label by default: {remedy}"
        )
    warnings.warn(
        f"{rows} labels are -1, which is read as no label: {remedy}", UserWarning, stacklevel=4
    )


def _plain(column: Sequence[Any] | np.ndarray[Any, Any], part: str) -> list[_Value]:
    array = np.asarray(column) if isinstance(column, np.ndarray) else None
    if array is not None and array.ndim == 2 and 1 not in array.shape[1:]:
        return _from_one_hot(array, part)
    entries = column if array is None else array.ravel().tolist()
    return [_one(v, f"{part}: label {i}") for i, v in enumerate(entries)]


def _one(value: object, where: str) -> _Value:
    """A label as string or integer, None for no label."""
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            raise DataError(
                f"{where} (from 0) is not text in UTF-8 ({value[:20]!r}): write it again"
            ) from None
    if isinstance(value, str):
        name = value.strip()
        return None if name.lower() in ("", "nan") else name
    if value is None or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, float) and not value.is_integer():
        raise DataError(
            f"{where} (from 0) is {value}; labels are names or whole numbers: name another "
            "column, or take real values as `target` of the reader instead of `label`"
        )
    if isinstance(value, bool | int | float | np.integer):
        return int(value)
    raise DataError(
        f"{where} (from 0) is of type {type(value).__name__}; labels are names or whole numbers"
    )


def _refuse_measurements(values: Mapping[str, Sequence[_Value]]) -> None:
    """Refuses texts that are all numbers, some not whole: measurements, not classes."""
    try:
        numbers = {
            part: [None if v is None else number(str(v)) for v in column]
            for part, column in values.items()
        }
    except ValueError:
        return
    for part, column in numbers.items():
        for i, value in enumerate(column):
            if value is not None:
                _one(value, f"{part}: label {i}")


def _from_one_hot(array: np.ndarray[Any, Any], part: str) -> list[_Value]:
    good = ((array == 0) | (array == 1)).all(1) & (array.sum(1) == 1)
    if not good.all():
        row = int(np.argmin(good))
        raise DataError(
            f"{part}: labels of shape {array.shape} are not one-hot, first at row {row} (from 0): "
            "give one label per row, or rows with one 1 and else 0"
        )
    return [int(k) for k in array.argmax(1)]


def _is_whole(value: str | int) -> bool:
    if isinstance(value, int):
        return True
    return len(value) <= _DIGITS and _WHOLE.fullmatch(value) is not None


def _whole(value: str | int) -> int:
    return value if isinstance(value, int) else int(value.split(".")[0])


def folder_codes(
    columns: Mapping[str, Sequence[str]],
) -> tuple[dict[str, Tensor], tuple[str | int, ...]]:
    """Encodes names of folders (empty for none) like `encode`, but never merges two names.

    If all names read as different whole numbers, they are numbers; otherwise every name is a class
    of its own, "nan" and "1.0" as well.

    Raises:
        ValueError: two names are equal once bytes that are not text are escaped.

    >>> folder_codes({"train": ["10", "9.0", ""]})[1]
    (9, 10)
    >>> codes, classes = folder_codes({"train": ["1.0", "nan"], "test": ["1.00"]})
    >>> classes, codes["test"].tolist()
    (('1.0', '1.00', 'nan'), [1])
    """
    names = {name for column in columns.values() for name in column if name}
    class_of = _apart(names)
    classes = tuple(sorted(class_of.values()))
    code = {name: classes.index(k) for name, k in class_of.items()}
    codes = {
        part: torch.tensor([code.get(name, -1) for name in column], dtype=torch.int64)
        for part, column in columns.items()
    }
    return codes, classes


def _apart(names: set[str]) -> dict[str, str | int]:
    """Name of a folder -> its class."""
    if names and all(_is_whole(name) and name.isascii() for name in names):
        numbers = {name: _whole(name) for name in names}
        if len(set(numbers.values())) == len(names):
            return dict(numbers)
    words = {name: plain(name) for name in names}
    alike = [word for word, count in Counter(words.values()).items() if count > 1]
    if alike:
        raise DataError(
            f"two folders are called {alike[0]!r}, but for bytes that are no text in UTF-8: "
            "rename one"
        )
    return dict(words)
