"""Dates in words: every form is read back by hand, and no day is in both parts."""

import datetime

import pytest

from harmonium.data import dates
from harmonium.data.dates import _written
from harmonium.errors import DataError


def test_the_forms_of_a_day():
    assert _written(datetime.date(1998, 3, 4)) == (
        "4 march 1998",
        "march 4, 1998",
        "4 mar 98",
        "wednesday, 04 march 1998",
        "04/03/1998",
        "mar 4 1998",
        "04.03.98",
        "the fourth of march 1998",
    )


def test_targets_are_the_days_and_parts_are_apart():
    data = dates(300, 100)
    iso = {
        part: [data.written.decode(row) for row in split.columns["target"]]
        for part, split in data.splits().items()
    }
    assert len(set(iso["train"]) | set(iso["test"])) == 400
    for names, days in ((data.train.names, iso["train"]), (data.test.names, iso["test"])):
        for name, day in zip(names, days, strict=True):
            assert name in _written(datetime.date.fromisoformat(day))
    assert {len(name.split()) for name in data.train.names} >= {1, 3, 4, 5}
    assert (
        dates(300, 100).fingerprint()
        == data.fingerprint()
        != dates(300, 100, seed=1).fingerprint()
    )
    with pytest.raises(DataError, match="20000 days are there in all"):
        dates(19_000, 2000)
