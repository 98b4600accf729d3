"""Intervals: Wilson's against its defining equation and coverage, spreads, differences."""

import math

import numpy as np
import pytest

from harmonium.report.intervals import apart, spread, wilson


@pytest.mark.parametrize(("share", "total"), [(0.9, 500), (0.0, 20), (1.0, 20), (0.37, 3)])
def test_wilson_ends_are_where_the_score_test_just_rejects(share, total):
    z = 1.959963984540054
    for end in wilson(share, total):
        assert abs(share - end) == pytest.approx(z * math.sqrt(end * (1 - end) / total), abs=1e-6)


def test_wilson_covers_the_truth_as_often_as_it_says():
    draws = np.random.default_rng(0).binomial(60, 0.93, size=4000)
    inside = [low <= 0.93 <= high for low, high in (wilson(n / 60, 60) for n in draws)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.02)


def test_a_higher_level_is_wider():
    (low, high), (lower, higher) = wilson(0.8, 100), wilson(0.8, 100, level=0.99)
    assert lower < low < 0.8 < high < higher


@pytest.mark.parametrize(
    ("share", "total", "level"), [(1.2, 10, 0.95), (-0.1, 10, 0.95), (0.5, 0, 0.95), (0.5, 9, 1)]
)
def test_wilson_refuses_what_is_no_share(share, total, level):
    with pytest.raises(ValueError, match="give"):
        wilson(share, total, level=level)


def test_the_spread_of_one_value_is_unknown():
    assert spread([0.5])[0] == 0.5
    assert math.isnan(spread([0.5])[1])


def test_pairs_and_independent_trials():
    ours, theirs = [0.90, 0.80, 0.70], [0.89, 0.79, 0.695]
    assert apart(ours, theirs) is True  # trial by trial always better
    assert apart(ours, theirs[:2]) is False  # as independent draws they overlap
    assert apart([0.9, 0.8], [0.8, 0.9]) is False
    assert apart([0.9, 0.8], [0.7]) is None
