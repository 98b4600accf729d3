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


def test_a_frame_of_weight_two_counts_as_two_frames():
    x = torch.randn(20, 3, generator=torch.Generator().manual_seed(1)).double()
    weights = torch.arange(20) % 3
    part, other = Standardised(3).double(), Standardised(3).double()
    part.fit(x, weights)
    other.fit(x.repeat_interleave(weights, 0))
    torch.testing.assert_close(part.mean, other.mean)
    torch.testing.assert_close(part.scale, other.scale)
