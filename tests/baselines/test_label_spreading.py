"""Label spreading uses the unlabelled rows."""

from dataclasses import replace

import torch

from harmonium.baselines.label_spreading import LabelSpreading
from harmonium.random import generator
from tests.stages import small


def test_label_spreading_uses_the_unlabelled_rows():
    """Two far clusters with one label each: a neighbour's neighbour knows the class."""
    one = small.one()
    x = torch.rand(40, 6, generator=generator(1)) * 0.3
    x[20:] += 0.7
    y = torch.full((40,), -1)
    y[0], y[-1] = 0, 1
    test = one.data.test.with_columns(x=x, y=torch.arange(2).repeat_interleave(20))
    one.data = replace(one.data, train=one.data.train.with_columns(x=x, y=y), test=test)
    assert LabelSpreading(neighbours=(7,))(one)["accuracy"] == 1.0
