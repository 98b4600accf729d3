"""Non-maximum suppression against the loop that defines it."""

import pytest
import torch

from harmonium.data import overlaps
from harmonium.nets.suppression import suppressed


def one_by_one(boxes, scores, *, overlap):
    """Takes the best box, removes those that overlap it, and so on."""
    left, stays = scores.argsort(descending=True, stable=True).tolist(), []
    while left:
        best = left.pop(0)
        stays.append(best)
        gaps = overlaps(boxes[best : best + 1], boxes)[0]
        left = [k for k in left if not gaps[k] > overlap]
    return sorted(stays)


@pytest.mark.parametrize("overlap", [0.0, 0.2, 0.5, 0.9])
def test_the_boxes_that_stay_are_those_of_the_loop(overlap):
    source = torch.Generator().manual_seed(1)
    corner = 15 * torch.rand(7, 60, 2, generator=source)
    boxes = torch.cat([corner, corner + 8 + torch.rand(7, 60, 2, generator=source)], 2)
    scores = (torch.rand(7, 60, generator=source) * 20).round()  # with ties
    stays = suppressed(boxes, scores, overlap=overlap)
    for k in range(7):
        expected = one_by_one(boxes[k], scores[k], overlap=overlap)
        assert stays[k].nonzero().flatten().tolist() == expected
        assert len(expected) < 60


def test_a_long_chain_of_overlaps_is_followed_to_its_end():
    """Each box removes the next one only if the one before it did not remove it."""
    first = 2 * torch.arange(41.0)
    boxes = torch.stack([first, 0 * first, first + 5, 0 * first + 5], 1)[None]
    stays = suppressed(boxes, -first[None], overlap=0.4)
    assert stays[0].tolist() == [k % 2 == 0 for k in range(41)]
