"""Numbers are written in ASCII digits; what only Python reads as a number is none."""

import math

import pytest

from harmonium.data.numerals import is_number, number, numbers


@pytest.mark.parametrize(
    ("cell", "value"), [("1", 1), (" -2.5e-1 ", -0.25), ("+.5", 0.5), ("7.", 7), ("inf", math.inf)]
)
def test_numbers(cell, value):
    assert number(cell) == value
    assert is_number(cell)


@pytest.mark.parametrize(
    "cell", ["", "x", "100_1", "1_0.5", "\uff11", "\u0661\u0662", "1\u0662", "0x10", "1,5", "1 2"]
)
def test_what_is_no_number(cell):
    assert not is_number(cell)
    with pytest.raises(ValueError, match="is no number"):
        number(cell)
    with pytest.raises(ValueError, match="is no number|could not convert"):
        numbers(["1", cell])


def test_many_numbers_are_each_as_one():
    assert numbers(["1", " 2.5 ", "-3e2"]) == [1, 2.5, -300]
    assert math.isnan(numbers(["nan"])[0])
