"""Boxes: intersection over union against counting pixels."""

import torch

from harmonium.data import Boxes, overlaps


def covered(boxes):
    """Which of 20 x 20 pixels whole-numbered boxes ``(n, 4)`` cover, ``(n, 400)``."""
    place = torch.arange(20)
    left, top, right, bottom = boxes.long()[:, :, None].unbind(1)
    across, down = (place >= left) & (place < right), (place >= top) & (place < bottom)
    return (down[:, :, None] & across[:, None]).flatten(1)


def test_overlaps_are_those_of_counted_pixels():
    source = torch.Generator().manual_seed(0)
    corner = torch.randint(0, 12, (2, 40, 2), generator=source)
    sides = torch.randint(0, 9, (2, 40, 2), generator=source)  # some boxes are empty
    a, b = torch.cat([corner, corner + sides], 2).float()
    one, two = covered(a)[:, None], covered(b)[None]
    expected = (one & two).sum(2) / (one | two).sum(2).clamp(min=1)
    assert torch.allclose(overlaps(a, b), expected)
    assert torch.equal(overlaps(a, b), overlaps(b, a).mT)
    full = (sides[0] > 0).all(1)
    assert torch.equal(overlaps(a, a).diagonal(), full.float())


def test_boxes_are_rows_of_four_numbers():
    assert Boxes((3, 4)).shaped(torch.zeros(2, 12)).shape == (2, 3, 4)
