"""Poses: named factors, and pictures in them."""

import pytest
import torch

from harmonium.data import transformed
from harmonium.data.poses import Poses


def pictures(n=3):
    return torch.rand(n, 1, 9, 9, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_every_factor_is_that_of_affine_transforms():
    x, poses = pictures(), Poses(shift=2, rotation=40, scale=0.3)
    assert poses.names == ("right", "down", "rotation", "scale")
    amounts = torch.tensor([[0.5, -1, 0, 0], [0, 0, 0.25, 0], [0, 0, 0, -1]], dtype=torch.float64)
    found = poses.posed(x, amounts)
    ways = [{"shift": (1.0, -2.0)}, {"rotation": 10.0}, {"scale": 0.7}]
    for row, way in enumerate(ways):
        expected = transformed(x[row : row + 1], fill=0.0, **way)
        torch.testing.assert_close(found[row : row + 1], expected)


def test_factors_without_a_limit_do_not_exist():
    poses = Poses(rotation=20)
    assert poses.names == ("rotation",)
    amounts = poses.drawn(pictures(), 1000, source=torch.Generator().manual_seed(1))
    assert amounts.shape == (1000, 1)
    assert -1 <= float(amounts.min()) < -0.9 < 0.9 < float(amounts.max()) <= 1
    still = poses.posed(pictures(), torch.zeros(3, 1, dtype=torch.float64))
    torch.testing.assert_close(still, pictures())


def test_limits_are_checked():
    with pytest.raises(ValueError, match="poses need a factor"):
        Poses()
    with pytest.raises(ValueError, match="the scale below 1"):
        Poses(scale=1.0)
