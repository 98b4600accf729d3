"""The example's claim: new dates are right, and each digit looks at where it comes from."""

import pytest
import torch


def test_dates_in_many_forms(example):
    written, iso = example.pairs(torch.arange(0, 20_000, 500), torch.Generator().manual_seed(0))
    assert iso[0] == "1970-01-01"
    assert len({len(text) for text in written}) > 3
    assert example.encoded(written, example.SOURCES).max() < len(example.SOURCES)


@pytest.mark.slow
def test_new_dates_are_right(example):
    net, test = example.learned()
    assert example.accuracy(net, test) >= 0.99
    text = "wednesday, 04 march 1998"
    made, a = example.alignment(net, text)
    assert made == "1998-03-04"
    assert a[2:4, 20:].sum(1).min() > 0.5  # the last digits of the year look at the year
