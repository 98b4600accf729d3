"""Values in the middle of [0, 1]."""

import pytest
import torch

from harmonium.data.squash import Squash
from harmonium.errors import DataError

ROWS = torch.randn(2000, 3, generator=torch.Generator().manual_seed(0)) * 2 + 5


def test_values_are_cut_and_mapped():
    fitted = Squash(deviations=2.0, margin=0.2).fit(ROWS, (3,))
    mean, deviation = ROWS.double().mean(), ROWS.double().std(correction=0)
    at = torch.tensor([-9, -2, -1, 0, 1.5, 2, 9]).double() * deviation + mean
    expected = [0.2, 0.2, 0.35, 0.5, 0.725, 0.8, 0.8]
    assert fitted(at[:, None].expand(-1, 3))[:, 0].tolist() == pytest.approx(expected)
    inside = (ROWS - mean.float()).abs() < 1.99 * deviation.float()
    torch.testing.assert_close(fitted.inverse(fitted(ROWS))[inside], ROWS[inside])
    assert Squash(2.0, 0.2).restore(fitted.state())(ROWS).equal(fitted(ROWS))


def test_what_is_refused():
    with pytest.raises(DataError, match=r"all values are 1: leave this transform out"):
        Squash().fit(torch.ones(4, 2), (2,))
    with pytest.raises(DataError, match=r"a margin of 0.5 on both sides: give less than 0.5"):
        Squash(margin=0.5).fit(ROWS, (3,))
