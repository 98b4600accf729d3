"""Frames in the units of the training frames."""

import torch

from harmonium.nets.standardised import Standardised


def test_training_frames_have_mean_0_and_deviation_1():
    x = 3 + 2 * torch.randn(50, 3, generator=torch.Generator().manual_seed(0)).double()
    x[:, 2] = 7.0
    part = Standardised(3).double()
    part.fit(x)
    z = part(x)
    torch.testing.assert_close(z.mean(0), torch.zeros(3).double(), atol=1e-12, rtol=0)
    torch.testing.assert_close(z[:, :2].std(0, correction=0), torch.ones(2).double())
    assert float(part.scale[2]) == 1


def test_before_the_fit_nothing_changes():
    x = torch.randn(2, 4, 3, generator=torch.Generator().manual_seed(0))
    assert torch.equal(Standardised(3)(x), x)
