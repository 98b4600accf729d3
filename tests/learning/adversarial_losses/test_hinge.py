"""The hinge loss of adversaries."""

import torch

from harmonium.learning.adversarial_losses import Hinge


def test_scores_beyond_the_margin_cost_nothing():
    s = torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0])
    assert Hinge().real(s).tolist() == [3, 2, 1, 0, 0]
    assert Hinge().made(s).tolist() == [0, 0, 1, 2, 3]
    assert Hinge().generator(s).tolist() == [2, 1, 0, -1, -2]
