"""Crops with padding, flips and holes."""

import pytest
import torch

from harmonium.data import Cutout, Flip, PaddedCrop
from harmonium.random import generator, uniform

X = uniform(torch.empty(500, 3, 7, 9), generator(0)) + 1


@pytest.mark.parametrize("fill", [None, 0.0])
def test_a_crop_is_one_of_the_crops_of_the_padded_picture(fill):
    mode = {"mode": "replicate"} if fill is None else {"value": fill}
    padded = torch.nn.functional.pad(X, (2, 2, 2, 2), **mode)
    found = PaddedCrop(2, fill)(X, generator(1))
    crops = torch.stack([padded[..., i : i + 7, j : j + 9] for i in range(5) for j in range(5)])
    same = (crops == found).flatten(2).all(2)
    assert bool((same.sum(0) >= 1).all())
    share = same.double().mean(1)
    assert float((share - 1 / 25).abs().max()) < 5 * (1 / 25 / 500) ** 0.5
    assert torch.equal(PaddedCrop(0, fill)(X, generator(1)), X)


def test_a_share_is_mirrored():
    found = Flip(0.3)(X, generator(1))
    mirrored = (found == X.flip(-1)).flatten(1).all(1)
    assert bool((mirrored | (found == X).flatten(1).all(1)).all())
    assert abs(float(mirrored.double().mean()) - 0.3) < 5 * (0.3 * 0.7 / 500) ** 0.5
    assert torch.equal(Flip(1.0)(X), X.flip(-1))


def test_a_square_is_covered():
    found = Cutout(3)(X, generator(1))
    hole = (found == 0).all(1)
    assert torch.equal((found == 0).any(1), hole)
    assert torch.equal(found[~hole[:, None].expand_as(found)], X[~hole[:, None].expand_as(X)])
    heights, widths = hole.any(2).sum(1), hole.any(1).sum(1)
    assert torch.equal(hole.sum((1, 2)), heights * widths)
    assert (int(heights.min()), int(heights.max())) == (2, 3)
    assert float((heights == 3).double().mean()) == pytest.approx(5 / 7, abs=0.1)


def test_unusable_settings_are_refused():
    for make, words in (
        (lambda: PaddedCrop(-1), "padding -1: a whole number of at least 0"),
        (lambda: PaddedCrop(1.5), "padding 1.5: a whole number of at least 0"),
        (lambda: Flip(1.5), "share 1.5: a share lies"),
        (lambda: Cutout(0), "size 0: a whole number of at least 1"),
        (lambda: Cutout(float("nan")), "size nan: a whole number of at least 1"),
    ):
        with pytest.raises(ValueError, match=words):
            make()


def test_a_padding_of_a_whole_picture_is_refused():
    with pytest.raises(ValueError, match="padding 7 of pictures of 7 x 9"):
        PaddedCrop(7)(X, generator(1))
