"""Sticks: lines of known directions, what turning does, blocks."""

import math

import pytest
import torch

from harmonium.nets.sticks import slopes_as_lines, stick_features, sticks


def stroke(degrees, side=17):
    """A straight line through the middle, with soft edges, at an angle to the horizontal."""
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    x, y = x - side // 2, side // 2 - y  # upward
    apart = x * math.sin(math.radians(degrees)) - y * math.cos(math.radians(degrees))
    return torch.exp(-(apart**2) / 2)


@pytest.mark.parametrize(("degrees", "line"), [(0, 0), (45, 1), (90, 2), (135, 3), (180, 0)])
def test_lines_of_four_directions(degrees, line):
    strength = slopes_as_lines(stroke(degrees))[:, 3:-3, 3:-3].sum((1, 2))
    assert strength.argmax() == line
    assert strength[line] > 0.97 * strength.sum()


def test_a_line_between_two_directions_counts_for_both():
    strength = slopes_as_lines(stroke(22.5))[:, 3:-3, 3:-3].sum((1, 2))
    assert strength[0].item() == pytest.approx(strength[1].item(), rel=0.1)
    assert strength[2:].sum() < 0.05 * strength.sum()


def test_turning_a_picture_turns_its_lines():
    x = torch.rand(20, 20, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    turned = slopes_as_lines(x.rot90())
    expected = slopes_as_lines(x).rot90(dims=(1, 2))[[2, 3, 0, 1]]
    torch.testing.assert_close(turned, expected, atol=1e-12, rtol=0)
    # the four strengths of a pixel add up to the size of its slope, and grey levels do not matter
    assert slopes_as_lines(x + 3)[:, 1:-1, 1:-1].allclose(slopes_as_lines(x)[:, 1:-1, 1:-1])


def test_weaker_lines_are_left_out():
    cross = torch.maximum(stroke(0, 8), 0.7 * stroke(90, 8))
    first = sticks(cross[None], keep=0.9)
    assert (first[0, :, 0, 0] > 0).tolist() == [True, False, False, False]
    both = sticks(cross[None], keep=0.2)[0, :, 0, 0]
    assert both[0] > both[2] > 0
    torch.testing.assert_close(both.norm().item(), 1.0, atol=2e-3, rtol=0)


def test_shapes_and_blocks():
    x = torch.rand(3, 28, 28, generator=torch.Generator().manual_seed(0))
    assert sticks(x).shape == (3, 4, 3, 3)
    assert sticks(sticks(x, stride=2), stride=3).shape == (3, 4, 4, 2, 2)
    features = stick_features(x)
    assert features.shape == (3, 4 * 11 * 11 + 16 * 2 * 2)
    assert features.isfinite().all()
    assert not sticks(torch.zeros(1, 16, 16)).any()
    # a block is read from its own pixels and their neighbours
    y = x.clone()
    y[:, 20:, 20:] = 0
    assert sticks(y)[..., 0, 0].allclose(sticks(x)[..., 0, 0], atol=0.02)
    with pytest.raises(ValueError, match="give blocks of 1 to 8"):
        sticks(torch.zeros(2, 8, 9), block=9)
    with pytest.raises(ValueError, match="stride 0"):
        sticks(torch.zeros(2, 8, 9), stride=0)
