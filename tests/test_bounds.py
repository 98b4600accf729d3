"""Bounded numbers are plain types to Python, with a range and its words beside."""

import math
from typing import get_args

import numpy as np
import pytest

from harmonium import bounds

NAMES = {name: get_args(getattr(bounds, name)) for name in bounds.__all__}


def test_every_name_is_a_plain_type_with_words():
    assert {kind for kind, _ in NAMES.values()} == {int, float}
    assert NAMES["Count"][0] is int
    assert NAMES["Share"][0] is float
    assert all(bound.words.startswith("a ") for _, bound in NAMES.values())


INSIDE = {
    "Count": [1, 2**40, np.int64(3)],
    "Size": [0, 1],
    "Seed": [0, 2**31 - 1],
    "Positive": [5e-324, 1, np.float32(0.5)],
    "NonNegative": [0, 0.0, 1e300],
    "Share": [0, 1, 0.5],
}
OUTSIDE = {
    "Count": [0, -1],
    "Size": [-1],
    "Seed": [-1, 2**31],
    "Positive": [0, -1.0, math.inf, math.nan],
    "NonNegative": [-1e-300, math.inf, math.nan],
    "Share": [-0.1, 1.1, math.nan],
}
WRONG = {
    "Count": [1.0, True, "1", None],
    "Size": [0.0, False],
    "Seed": [1.5],
    "Positive": [True, "1", None, 1j],
    "NonNegative": [False],
    "Share": [True, "half"],
}


@pytest.mark.parametrize("name", bounds.__all__)
def test_each_tells_what_is_inside_outside_and_no_number_at_all(name):
    bound = NAMES[name][1]
    assert all(bound.is_number(v) and bound.holds(v) for v in INSIDE[name])
    assert all(bound.is_number(v) and not bound.holds(v) for v in OUTSIDE[name])
    assert not any(bound.is_number(v) for v in WRONG[name])
