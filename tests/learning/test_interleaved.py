"""Pictures with channels side by side: the same values, passed on by convolutions."""

import pytest
import torch

from harmonium.learning.interleaved import interleaved


@pytest.mark.parametrize("channels", [1, 3])
def test_values_stay_and_convolutions_pass_the_order_on(channels):
    x = torch.rand(2, channels, 6, 5)[:, :, ::1]
    found = interleaved(x)
    assert torch.equal(found, x)
    conv = torch.nn.Conv2d(channels, 4, 3)
    made = conv(found)
    assert made.stride(1) == 1
    torch.testing.assert_close(made, conv(x))


@pytest.mark.parametrize("shape", [(2, 30), (2, 3, 10), (2, 3, 2, 2, 2)])
def test_other_tensors_are_left(shape):
    x = torch.rand(shape)
    assert interleaved(x) is x
