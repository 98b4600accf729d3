"""The example compares nets of equal size on moved pictures."""

import pytest
import torch

from harmonium.data import DataSet, Split
from harmonium.random import generator, seeded


def test_the_nets_have_nearly_the_same_size(example):
    with seeded(0):
        counts = {n: sum(p.numel() for p in net.parameters()) for n, net in example.nets().items()}
    assert counts == {"pooling": 61_706, "no pooling": 61_706, "MLP": 62_020}


def test_a_row_for_every_amount_of_every_net(example):
    """Bars that stand or lie, on pictures of the size of MNIST."""
    source = generator(0)
    x = torch.zeros(200, 28, 28)
    y = torch.arange(200) % 2
    at = torch.randint(10, 18, (200,), generator=source)
    for k in range(200):
        if y[k]:
            x[k, 6:22, at[k]] = 1
        else:
            x[k, at[k], 6:22] = 1
    classes = tuple("0123456789")
    rows = DataSet("bars", Split(x.flatten(1), y), shape=(28, 28), classes=classes).train
    found = example.compared(rows, rows, epochs=25, seeds=1)
    table = example.rows_of(found)
    assert [*found] == ["pooling", "no pooling", "MLP"]
    assert len(table) == 9 + 7 + 9
    unmoved = [shares for change, amount, *shares in table if amount == ("size" in change)]
    assert len(unmoved) == 3
    for shares in unmoved:
        assert shares == pytest.approx([1.0] * 3)
