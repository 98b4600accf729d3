"""The squared error of probabilities."""

import torch
from torch import nn

from harmonium.learning.objectives.brier import Brier


def test_it_compares_probabilities():
    logits = torch.tensor([[0.0, 2.0], [-1.0, 0.5]], dtype=torch.float64)
    target = torch.tensor([[1.0, 0.0], [0.2, 0.9]], dtype=torch.float64)
    found = Brier()(nn.Identity(), {"x": logits, "y": target})
    expected = 0.5 * (target - 1 / (1 + (-logits).exp())).square().sum(1)
    torch.testing.assert_close(found, expected)
    assert float(found[0]) > 0.125  # 1/2 (1 - 1/2)^2 and more
