"""Bits of the code: shares, correlations, distances and balls, counted by hand."""

import re

import numpy as np
import pytest
import torch

from harmonium.report.sections import bits
from harmonium.report.sections.bits import ENTRY, section


@pytest.fixture
def seen(evidence):
    found = evidence("hasher")
    found.read_data()
    return found


@pytest.fixture
def code(seen):
    return seen.models["machine"].bits({"x": seen.data.test.x})


def test_the_summary_by_hand(seen, code):
    summary, *_ = section(seen).parts
    shares = code.double().mean(0)
    live = code[:, (shares > 0) & (shares < 1)].numpy()
    pairs = np.corrcoef(live.T)[np.triu_indices(live.shape[1], 1)]
    count, dead, least, most, mean, largest, distinct = summary.rows[0]
    assert (count, dead) == (12, int(((shares == 0) | (shares == 1)).sum()))
    assert (least, most) == pytest.approx((float(shares.min()), float(shares.max())))
    assert (mean, largest) == pytest.approx((np.abs(pairs).mean(), np.abs(pairs).max()))
    assert distinct == len({tuple(row) for row in code.tolist()})


def test_rows_of_one_label_are_nearer(seen):
    distances = section(seen).parts[3]
    found = re.search(r"same label ([\d.]+), other label (\d+\.\d)", distances.caption)
    same, other = map(float, found.groups())
    assert same < other - 1
    lines = distances.figure.axes[0].lines[:2]
    means = [(line.get_xdata() * line.get_ydata()).sum() for line in lines]
    assert means == pytest.approx([same, other], abs=0.06)


def test_balls_by_hand(seen, code):
    *_, balls = section(seen).parts
    apart = (code[:, None] != code).sum(2)
    for radius, median, empty, enough in balls.rows:
        inside = (apart <= radius).sum(1) - 1
        assert median == float(inside.double().median())
        assert empty == pytest.approx(float((inside == 0).double().mean()))
        assert enough == pytest.approx(float((inside >= 30).double().mean()))
    assert [row[0] for row in balls.rows] == list(range(7))


def test_dead_bits_are_counted_and_not_correlated():
    code = torch.zeros(5, 3, dtype=torch.bool)
    code[:, 0] = True
    code[::2, 2] = True
    summary = bits._summary(code, name="test")
    assert summary.rows[0][:2] == [3, 2]
    assert "give the code fewer bits" in summary.caption
    assert "give the code fewer bits" not in bits._summary(code[:, 2:], name="test").caption
    assert (
        bits._correlations(code) == "Fewer than two bits change, so that none can be correlated."
    )


def test_other_models_are_not_mentioned(evidence):
    found = evidence("coder")
    found.read_data()
    assert ENTRY.section(found) is None
    assert ENTRY.title not in found.left_out
