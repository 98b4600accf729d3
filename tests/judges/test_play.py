import pytest
import torch

from harmonium.data import World, environment
from harmonium.judges.play import Play, play_figures, world_of
from harmonium.stages.trial import Trial
from tests.learning.test_episodes import perfect


class Player:
    """Plays without a mistake."""

    device = torch.device("cpu")

    def act(self, batch):
        return perfect(batch)

    def values(self, batch):
        return torch.nn.functional.one_hot(self.act(batch), 3).float()


def trial(model):
    data = environment("catch", rows=4, settings={"drift": False})
    return Trial(0, 0, {"machine": model}, data, chain=None)


def test_figures_of_returns():
    found = play_figures(torch.tensor([1.0, -1.0, 1.0, 1.0]).double())
    assert found["return"] == pytest.approx(0.5)
    assert found["return_stderr"] == pytest.approx(0.5)
    assert (found["return_min"], found["return_max"], found["episodes"]) == (-1.0, 1.0, 4)


def test_a_perfect_player_is_judged_perfect_and_repeatably():
    one = trial(Player())
    assert Play(episodes=30)(one)["return"] == 1.0
    noisy = Play(episodes=30, exploration=0.8)
    assert noisy(one)["return"] < 1
    assert noisy(one) == noisy(one)


def test_the_world_is_that_of_the_data():
    assert world_of(trial(Player()).data) == World("catch", settings=(("drift", False),))
