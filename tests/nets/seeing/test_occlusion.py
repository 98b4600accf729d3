"""Occlusion against a direct loop over places; pixels against a loop over squares."""

import sys

import pytest
import torch

from harmonium.nets.seeing import occlusion, over_pixels
from tests.nets.seeing.nets import conv_net, drawn


@pytest.mark.parametrize(("size", "stride"), [(1, 1), (3, 2), (4, 4), (8, 1)])
def test_against_a_loop(size, stride):
    net, x, of = conv_net(), drawn(3, 2, 8, 8), torch.tensor([0, 2, 1])
    found = occlusion(net, x, size=size, stride=stride, value=0.25, outputs=of)
    places = range(0, 8 - size + 1, stride)
    assert found.shape == (3, len(places), len(places))
    pixels = over_pixels(found, (8, 8), size=size, stride=stride)
    total, times = torch.zeros(3, 8, 8).double(), torch.zeros(8, 8).double()
    for i, down in enumerate(places):
        for j, across in enumerate(places):
            square = slice(down, down + size), slice(across, across + size)
            hidden = x.clone()
            hidden[:, :, *square] = 0.25
            with torch.no_grad():
                fall = (net(x) - net(hidden))[torch.arange(3), of]
            torch.testing.assert_close(found[:, i, j], fall, atol=1e-12, rtol=0)
            total[:, *square] += fall[:, None, None]
            times[square] += 1
    torch.testing.assert_close(pixels, total / times.clamp(min=1), atol=1e-12, rtol=0)


def test_many_places_are_computed_in_pieces(monkeypatch):
    net, x = conv_net(), drawn(3, 2, 8, 8)
    whole = occlusion(net, x, size=3)
    monkeypatch.setattr(sys.modules["harmonium.nets.seeing.occlusion"], "_VALUES", 7 * 128)
    torch.testing.assert_close(occlusion(net, x, size=3), whole, atol=1e-12, rtol=0)
    of = net(x).argmax(1)
    torch.testing.assert_close(occlusion(net, x, size=3, outputs=of), whole, atol=1e-12, rtol=0)


def test_refusals():
    for size, stride in ((9, 1), (0, 1), (3, 0)):
        with pytest.raises(ValueError, match="give 1 to 8"):
            occlusion(conv_net(), drawn(1, 2, 8, 8), size=size, stride=stride)
