"""Printed digits that are moved and damaged."""

import pytest
import torch

from harmonium.data import moved_digits


def test_training_digits_stand_in_the_middle_and_test_digits_are_moved():
    data = moved_digits(10, test=400, noise=0.0, shift=2)
    train, test = data.train.x.view(-1, 32, 32), data.test.x.view(-1, 32, 32)
    assert data.train.y.tolist() == [0, 1, 2, 3, 4] * 2
    assert torch.equal(train[:5], train[5:])
    assert not train[:, :4].any()
    moves = set()
    for x, label in zip(test, data.test.y.tolist(), strict=True):
        found = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-2, 3)
            if torch.equal(train[label].roll((down, right), (0, 1)), x)
        ]
        assert len(found) == 1
        moves.update(found)
    assert len(moves) == 25


def test_a_share_of_all_pixels_is_flipped_by_the_seed():
    clean, noisy = (moved_digits(200, noise=noise).train.x for noise in (0.0, 0.1))
    assert float((clean != noisy).float().mean()) == pytest.approx(0.1, abs=0.004)
    assert set(noisy.unique().tolist()) == {0.0, 1.0}
    assert torch.equal(noisy, moved_digits(200, noise=0.1).train.x)
    assert not torch.equal(noisy, moved_digits(200, noise=0.1, seed=1).train.x)


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"digits": 11}, "there are 10"), ({"shift": 5}, "moved by more than 4 pixels")],
)
def test_what_cannot_be_drawn_is_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        moved_digits(**settings)
