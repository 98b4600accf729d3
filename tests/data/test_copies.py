"""Sequences to copy: lengths, symbols, seeds."""

import pytest
import torch

from harmonium.data import copies
from harmonium.errors import DataError


def test_lengths_and_symbols():
    data = copies(2000, 50, symbols=4, longest=6, test_length=12)
    for split in (data.train, data.test):
        assert torch.equal(split.x, split.columns["target"])
    lengths = (data.train.x >= 0).sum(1)
    assert lengths.bincount(minlength=7)[0] == 0
    assert lengths.bincount()[1:].min() > 250  # about 333 of each
    assert bool((data.test.x >= 0).all())
    assert data.test.x.shape == (50, 12)
    assert data.train.x[data.train.x >= 0].bincount(minlength=4).min() > 1500
    assert data.vocabulary.symbols == ("0", "1", "2", "3")
    with pytest.raises(DataError, match="37 symbols; 2 to 36"):
        copies(3, 3, symbols=37)
