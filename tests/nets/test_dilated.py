"""Dilated stacks: their field, and their values."""

import pytest
import torch
from torch.nn import functional

from harmonium.errors import UsageError
from harmonium.nets.dilated import Dilated
from harmonium.random import seeded


@pytest.mark.parametrize(
    ("dilations", "size", "field"),
    [([1], 3, 3), ([1, 2], 3, 7), ([1, 2, 4], 3, 15), ([1, 2, 4, 8], 3, 31), ([3, 1], 5, 17)],
)
def test_the_field_is_the_measured_support_of_the_gradient(dilations, size, field):
    with seeded(0):
        stack = Dilated(1, 2, dilations=dilations, kernel_size=size).double()
    with torch.no_grad():
        for p in stack.parameters():
            p.abs_()  # all units are active, and nothing cancels
    x = torch.ones(1, 1, 41, 41, dtype=torch.float64, requires_grad=True)
    stack(x)[0, :, 20, 20].sum().backward()
    seen = x.grad[0, 0].nonzero()
    low, high = seen.amin(0), seen.amax(0)
    assert (high - low + 1).tolist() == [field] * 2
    assert (low + high).tolist() == [40, 40]


def test_values_are_those_of_dilated_convolutions():
    with seeded(0):
        stack = Dilated(3, 4, dilations=[2, 3], dimensions=1)
    x = torch.randn(2, 3, 11, generator=torch.Generator().manual_seed(1))
    state, y = stack.state_dict(), x
    for name, gap in (("conv1", 2), ("conv2", 3)):
        weight, bias = state[f"{name}.weight"], state[f"{name}.bias"]
        y = functional.conv1d(y, weight, bias, padding=gap, dilation=gap).relu()
    torch.testing.assert_close(stack(x), y)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"dilations": []}, "needs dilations"),
        ({"kernel_size": 4}, "kernel_size is 4: give an odd"),
    ],
)
def test_stacks_without_layers_or_centre_are_refused(settings, words):
    with pytest.raises(UsageError, match=words):
        Dilated(1, 1, **settings)
