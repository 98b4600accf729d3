"""Gradient ascent: the optimum of a linear unit, the range, and what the seed repeats."""

import pytest
import torch
from torch import nn

from harmonium.nets.seeing import excited
from harmonium.nets.seeing.excited import Ascent
from harmonium.random import generator
from tests.nets.seeing.nets import conv_net, drawn


def test_a_linear_unit_has_a_known_optimum():
    """w x - decay |x - m|^2 / 2 is largest at m + w / decay."""
    net = nn.Sequential(nn.Conv2d(1, 2, 5)).double()
    net[0].weight.data = drawn(2, 1, 5, 5)
    ascent = Ascent(steps=2000, rate=0.01, decay=2.0, smooth=0.0, range=(-10.0, 12.0))
    found = excited(net, (1, 5, 5), layer="0", units=[1, 0], ascent=ascent, source=generator(0))
    for x, unit in zip(found, (1, 0), strict=True):
        torch.testing.assert_close(x, 1 + net[0].weight[unit] / 2, atol=0.02, rtol=0)


def test_smoothness_solves_its_normal_equations():
    """At the optimum the gradient of the penalties is that of the activity."""
    net = nn.Sequential(nn.Conv2d(1, 1, 5)).double()
    net[0].weight.data = drawn(1, 1, 5, 5)
    ascent = Ascent(steps=3000, rate=0.01, decay=1.0, smooth=0.7, range=(-10.0, 10.0))
    [x] = excited(net, (1, 5, 5), layer="0", units=[0], ascent=ascent, source=generator(0))
    step = torch.zeros(25, 25, dtype=torch.float64)  # the Laplacian of the grid
    for i in range(5):
        for j in range(5):
            for down, across in ((1, 0), (0, 1)):
                if i + down < 5 and j + across < 5:
                    a, b = 5 * i + j, 5 * (i + down) + j + across
                    step[a, a] += 1
                    step[b, b] += 1
                    step[a, b] -= 1
                    step[b, a] -= 1
    matrix = torch.eye(25).double() + 0.7 * step
    expected = torch.linalg.solve(matrix, net[0].weight.detach().flatten())
    torch.testing.assert_close(x.flatten(), expected, atol=0.02, rtol=0)


def test_activities_rise_within_the_range():
    net = conv_net()
    start = excited(net, (2, 8, 8), layer="6", units=[0, 1, 2], ascent=Ascent(steps=0))
    found = excited(net, (2, 8, 8), layer="6", units=[0, 1, 2], source=generator(1))
    assert 0 <= found.min() < found.max() <= 1
    before, after = (net(x).diagonal() for x in (start, found))
    assert (after > before + 0.1).all()
    again = excited(net, (2, 8, 8), layer="6", units=[0, 1, 2], source=generator(1))
    assert again.equal(found)
    with pytest.raises(ValueError, match="choose from 0 to 2"):
        excited(net, (2, 8, 8), layer="6", units=[3])


def test_a_unit_that_is_silent_at_grey_is_woken():
    net = nn.Sequential(nn.Conv2d(1, 1, 3), nn.ReLU()).double()
    net[0].weight.data = drawn(1, 1, 3, 3)
    net[0].bias.data.fill_(-1.5 * net[0].weight.clamp(min=0).sum().item() / 2)
    grey = torch.full((1, 1, 3, 3), 0.5, dtype=torch.float64)
    assert net(grey).item() == 0
    found = excited(net, (1, 3, 3), layer="1", units=[0], source=generator(0))
    assert net(found).item() > 0.1
