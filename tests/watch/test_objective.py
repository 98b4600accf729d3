"""The loss on rows that are not learned from."""

import torch
from torch import nn

from harmonium.data import Examples
from harmonium.learning import SquaredError, cross_entropy
from harmonium.watch import ObjectiveWatch

X = torch.randn(6, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
Y = torch.randn(6, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_it_is_the_mean_under_the_objectives_name():
    found = ObjectiveWatch(nn.Identity(), SquaredError(), rows=Examples({"x": X, "y": Y})).measure(
        1
    )
    assert found == {"val/squared_error": float((X - Y).square().sum(1).mean() / 2)}
    classes = {"x": X, "y": torch.zeros(6, dtype=torch.int64)}
    assert set(
        ObjectiveWatch(nn.Identity(), cross_entropy, rows=Examples(classes)).measure(1)
    ) == {"val/loss"}
