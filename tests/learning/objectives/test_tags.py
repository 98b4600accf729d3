"""The cost of tags by hand."""

import pytest
import torch

from harmonium.learning.objectives.tags import Tags


def test_the_mean_over_tags():
    logits = torch.randn(2, 3, 2, generator=torch.Generator().manual_seed(0)).double()
    batch = {
        "x": torch.tensor([[1, 1, 0, -1], [0, -1, -1, -1]]),
        "target": torch.tensor([[0, 1, 1, -1], [1, -1, -1, -1]]),
    }
    seen = []

    def net(x):
        seen.append(x)
        return logits

    losses = Tags()(net, batch)
    log_p = logits.log_softmax(2)
    first = -(log_p[0, 0, 0] + log_p[0, 1, 1] + log_p[0, 2, 1])
    assert losses.tolist() == pytest.approx([float(first) / 2, -float(log_p[1, 0, 1]) / 2])
    assert seen[0].shape == (2, 3)
