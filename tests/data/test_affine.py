"""Random affine transforms: their limits and their identity."""

import pytest
import torch

from harmonium.data import Affine, Elastic, Flip, transformed
from harmonium.random import generator, uniform

X = uniform(torch.empty(40, 2, 11, 8), generator(0))


def test_settings_of_nothing_give_the_rows_back_to_the_bit():
    for transform in (Affine(), Affine(fill=0.0), Elastic(alpha=0.0), Flip(0.0)):
        assert torch.equal(transform(X, generator(1)), X)


def test_a_whole_shift_is_a_roll():
    rolled = X.roll((1, -2), (2, 3))
    moved = transformed(X, shift=(-2, 1), fill=0.0)
    assert torch.equal(moved[:, :, 1:, :-2], rolled[:, :, 1:, :-2])
    assert not bool(moved[:, :, 0].any())
    assert not bool(moved[:, :, :, -2:].any())


def test_every_picture_has_its_own_draw_within_the_limits():
    x = torch.zeros(2000, 1, 21, 21, dtype=torch.float64)
    x[:, :, 10, 10] = 1.0
    y = Affine(shift=3.0, fill=0.0)(x, generator(0))
    at = torch.arange(21, dtype=torch.float64) - 10
    across, down = (y.sum((1, axis)) @ at for axis in (2, 3))
    for moved in (across, down):
        assert float(moved.abs().max()) <= 3
        assert float(moved.std()) == pytest.approx(3 / 3**0.5, rel=0.05)
        assert abs(float(moved.mean())) < 0.15
    assert abs(float(torch.corrcoef(torch.stack([across, down]))[0, 1])) < 0.08


def test_draws_come_from_the_generator_alone():
    before = torch.get_rng_state()
    transform = Affine(shift=2, rotation=10, scale=0.1, shear=5)
    one, same = transform(X, generator(3)), transform(X, generator(3))
    assert torch.equal(one, same)
    assert not torch.equal(one, transform(X, generator(4)))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"scale": 1.0}, "a scale is at least 0 and below 1"),
        ({"shear": 90}, "below 90 degrees"),
        ({"shift": -1}, "at least 0, and finite, is needed"),
        ({"rotation": float("inf")}, "at least 0, and finite, is needed"),
    ],
)
def test_unusable_settings_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        Affine(**settings)
