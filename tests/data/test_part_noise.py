"""Noise of each part of a row."""

import torch

from harmonium.data import Joined, Numbers, Picture
from harmonium.data.crops import PaddedCrop
from harmonium.data.part_noise import PartNoise
from harmonium.random import generator


def test_only_the_named_part_changes_in_its_own_shape():
    kind = Joined({"words": Numbers((3,)), "picture": Picture((1, 4, 4))})
    x = torch.rand(20, 19, generator=torch.Generator().manual_seed(0))
    crop = PaddedCrop(1).of(kind.parts["picture"])
    changed = PartNoise(kind, {"picture": crop})(x, generator(1))
    assert torch.equal(changed[:, :3], x[:, :3])
    assert torch.equal(changed[:, 3:], crop(x[:, 3:], generator(1)))
    assert not torch.equal(changed[:, 3:], x[:, 3:])
