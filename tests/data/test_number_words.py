"""Numbers in words as pairs: what is written is the number, and parts are apart."""

import pytest

from harmonium.data import number_words
from harmonium.data.spelled import spelled
from harmonium.errors import DataError


def test_targets_are_the_numbers():
    data = number_words(400, 100, most=9999)
    numbers = {
        part: [int(data.written.decode(row)) for row in split.columns["target"]]
        for part, split in data.splits().items()
    }
    assert not set(numbers["train"]) & set(numbers["test"])
    assert len(set(numbers["train"] + numbers["test"])) == 500
    assert [*map(spelled, numbers["test"])] == [*data.test.names]
    digits = [len(str(n)) for n in numbers["train"] + numbers["test"]]
    assert (
        digits.count(1) + digits.count(2) > 80
    )  # 100 of 10 000 numbers, and a third of the draws
    assert 120 < digits.count(3) < 280
    assert 120 < digits.count(4) < 280


def test_more_rows_than_numbers_are_refused():
    with pytest.raises(DataError, match="99 rows of numbers up to 99"):
        number_words(2, 99, most=99)
