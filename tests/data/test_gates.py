"""Truth tables."""

import pytest
import torch

from harmonium.data import gate

MEANING = {
    "and": lambda a, b: a and b,
    "nand": lambda a, b: not (a and b),
    "nor": lambda a, b: not (a or b),
    "or": lambda a, b: a or b,
    "xnor": lambda a, b: a == b,
    "xor": lambda a, b: a != b,
}


@pytest.mark.parametrize("name", MEANING)
def test_every_row_is_that_of_the_gate(name):
    data = gate(name)
    rows = [(*row, label) for row, label in zip(data.train.x.tolist(), data.train.y, strict=True)]
    assert sorted(row[:2] for row in rows) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for a, b, out in rows:
        assert int(out) == int(MEANING[name](bool(a), bool(b)))
    assert data.classes == (0, 1)
    assert torch.equal(data.test.x, data.train.x)


def test_not_has_one_input():
    data = gate("not")
    assert data.train.x.tolist() == [[0], [1]]
    assert data.train.y.tolist() == [1, 0]


def test_rows_can_be_repeated():
    data = gate("or", repeats=3)
    assert (len(data.train), len(data.test)) == (12, 4)
    assert torch.equal(data.train.y, data.test.y.repeat(3))
