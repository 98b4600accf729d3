"""The Wasserstein loss: only differences of scores count."""

import pytest
import torch

from harmonium.learning.adversarial_losses import Wasserstein


def test_a_constant_added_to_all_scores_changes_nothing():
    loss = Wasserstein()
    a, b = torch.tensor([0.3, 1.0]), torch.tensor([-0.7, 2.0])
    own = loss.real(a).mean() + loss.made(b).mean()
    torch.testing.assert_close(loss.real(a + 5).mean() + loss.made(b + 5).mean(), own)
    assert loss.penalty == 10


def test_a_negative_penalty_is_refused():
    with pytest.raises(ValueError, match="penalty"):
        Wasserstein(-1.0)
