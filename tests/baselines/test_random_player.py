import pytest

from harmonium.baselines.random_player import RandomPlayer
from tests.judges.test_play import Player, trial


def test_it_catches_about_every_tenth_ball():
    found = RandomPlayer(episodes=500)(trial(Player()))
    assert found["return"] == pytest.approx(2 * 0.1 - 1, abs=0.12)
    assert found["settings"] == {}
