"""Dates in many forms, and the same dates in ISO form."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.data.dataset import DataSet
from harmonium.data.pairs import pair_set
from harmonium.data.spelled import ordinal
from harmonium.data.vocabulary import Vocabulary
from harmonium.errors import DataError

__all__ = ["dates"]

_FIRST = datetime.date(1970, 1, 1)
_DAYS = 20_000
"""Days from the first one on."""

_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_WEEK = "monday tuesday wednesday thursday friday saturday sunday".split()
_FORMS = 8
_SYMBOLS = (
    Vocabulary(tuple(" ,-./0123456789abcdefghijklmnopqrstuvwxyz")),
    Vocabulary(tuple("-0123456789")),
)
"""Characters that are read, and those that are written."""


def dates(rows: Count = 18_000, test: Count = 2000, *, seed: int = 0) -> DataSet:
    """Days from 1970 to 2024 in eight English forms, to be written in ISO form.

    Such as "wednesday, 04 march 1998", "the fourth of march 1998", "mar 4 1998" or "04.03.98",
    which all become "1998-03-04". No test day is a training day.

    Args:
        rows: Training rows, each another day.
        test: Test rows, each another day.
        seed: Of the days and forms.

    Raises:
        ValueError: there are not so many days.

    >>> data = dates(3, 1)
    >>> data
    DataSet('dates': 3 train, 1 test, each 22, 41 characters to 11)
    """
    if rows + test > _DAYS:
        raise DataError(f"{rows} and {test} rows: {_DAYS} days are there in all: ask for fewer")
    source = torch.Generator().manual_seed(seed)
    order = torch.randperm(_DAYS, generator=source)
    forms = torch.randint(_FORMS, (_DAYS,), generator=source)
    parts = {"train": slice(rows), "test": slice(rows, rows + test)}
    found = {part: _pairs(order[k], forms[k]) for part, k in parts.items()}
    return pair_set("dates", found, known=_SYMBOLS)


def _pairs(days: Tensor, forms: Tensor) -> tuple[Sequence[str], Sequence[str]]:
    found = [_FIRST + datetime.timedelta(days=day) for day in days.tolist()]
    written = [_written(date)[form] for date, form in zip(found, forms.tolist(), strict=True)]
    return written, [date.isoformat() for date in found]


def _written(date: datetime.date) -> tuple[str, ...]:
    """The date in every form."""
    day, month, year = date.day, _MONTHS[date.month - 1], date.year
    return (
        f"{day} {month} {year}",
        f"{month} {day}, {year}",
        f"{day} {month[:3]} {year % 100:02d}",
        f"{_WEEK[date.weekday()]}, {day:02d} {month} {year}",
        f"{day:02d}/{date.month:02d}/{year}",
        f"{month[:3]} {day} {year}",
        f"{day:02d}.{date.month:02d}.{year % 100:02d}",
        f"the {ordinal(day)} of {month} {year}",
    )
