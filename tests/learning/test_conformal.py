"""Conformal calibration: the margin by hand, and coverage of new rows."""

import pytest
import torch
from torch import nn

from harmonium.errors import UsageError
from harmonium.learning.conformal import Conformal, margin_of


class Net(nn.Module):
    """Intervals [-1, 1] in a unit of 2 for one step and channel."""

    coverage = 0.9

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.register_buffer("margin", torch.zeros(1, 1))

    def forward(self, x):
        return torch.tensor([-1.0, 0.0, 1.0])[None, :, None, None].expand(len(x), -1, -1, -1)

    def unit(self, x):
        return torch.full((len(x), 1, 1), 2.0)


def test_the_margin_is_the_right_score_by_hand():
    y = torch.arange(1.0, 20)[:, None]  # 19 rows: the 18th of the scores (y - 1) / 2
    learner = Conformal(Net())
    figures = learner.step({"x": torch.zeros(19, 3, 1), "y": y})
    assert float(learner.module.margin) == pytest.approx((18 - 1) / 2)
    assert float(figures["interval_margin"]) == pytest.approx(8.5)


def test_intervals_that_are_too_wide_become_narrower():
    learner = Conformal(Net())
    learner.step({"x": torch.zeros(50, 3, 1), "y": torch.zeros(50, 1)})
    assert float(learner.module.margin) == pytest.approx(-0.5)


def test_new_rows_are_covered_as_promised():
    """The mean coverage over many draws is between p and p + 1 / (n + 1)."""
    source, n = torch.Generator().manual_seed(0), 39
    y = torch.randn(n, 2000, generator=source, dtype=torch.float64)
    new = torch.randn(500, 2000, generator=source, dtype=torch.float64)
    zero = torch.zeros_like(y)
    margin = margin_of(zero, zero, true=y.abs(), coverage=0.9)
    covered = float((new.abs() <= margin).double().mean())
    assert 0.895 < covered < 0.93


def test_too_few_rows_are_refused():
    with pytest.raises(UsageError, match="8 rows to calibrate intervals of 90%: at least 9 are"):
        margin_of(torch.zeros(8), torch.zeros(8), true=torch.zeros(8), coverage=0.9)


def test_its_state_is_the_net():
    one, other = Conformal(Net()), Conformal(Net())
    one.step({"x": torch.zeros(50, 3, 1), "y": torch.ones(50, 1)})
    other.load_state_dict(one.state_dict())
    assert torch.equal(one.module.margin, other.module.margin)
