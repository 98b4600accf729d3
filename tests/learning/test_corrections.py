"""Corrections: the table of Rosenblatt's rule, and the two ways for many classes."""

import pytest
import torch

from harmonium.learning import each, winner


@pytest.mark.parametrize(
    ("score", "right", "direction"), [(-1.0, 1, 1), (-1.0, 0, 0), (0.0, 0, -1), (0.0, 1, 0)]
)
def test_a_unit_moves_where_it_is_off_and_should_be_on_or_the_reverse(score, right, direction):
    """The second of two classes alone; at zero a unit is on."""
    scores = torch.tensor([[-5.0, score]])
    assert float(each(scores, torch.tensor([right]))[0, 1]) == direction


def test_the_winner_is_moved_away_and_the_right_class_towards_the_row():
    scores = torch.tensor([[3.0, 1, 2], [0, 0, 0], [1, 2, 2]])
    expected = torch.tensor([[-1.0, 1, 0], [0, 0, 0], [0, -1, 1]])
    assert torch.equal(winner(scores, torch.tensor([1, 0, 2])), expected)


def test_each_class_is_corrected_alone():
    scores = torch.tensor([[3.0, -1, 2]])
    assert torch.equal(each(scores, torch.tensor([1])), torch.tensor([[-1.0, 1, -1]]))
    assert not each(torch.tensor([[-1.0, 0, -2]]), torch.tensor([1])).any()
