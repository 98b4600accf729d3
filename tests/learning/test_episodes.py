import pytest
import torch

from harmonium.data import World
from harmonium.learning import returns_of


def play(act, episodes, **settings):
    source = torch.Generator().manual_seed(0)
    return returns_of(World("catch"), act, episodes=episodes, source=source, **settings)


def perfect(batch):
    """Moves the paddle towards the ball; in a game without drift it then waits below it."""
    x = batch["x"][:, 0]
    ball = x[:, :-1].amax(1).argmax(1)
    paddle = x[:, -1].argmax(1)
    return (ball - paddle).sign() + 1


@pytest.mark.parametrize("episodes", [1, 5, 16, 40])
def test_as_many_episodes_as_asked_for(episodes):
    assert len(play(None, episodes)) == episodes


def test_a_perfect_player_earns_the_most():
    source = torch.Generator().manual_seed(0)
    still = World("catch", settings=(("drift", False),))
    assert returns_of(still, perfect, episodes=40, source=source).tolist() == [1.0] * 40


def test_random_play_catches_about_every_tenth_ball():
    caught = (play(None, 600) > 0).double().mean()
    assert 0.06 < caught < 0.2


def test_exploration_alone_is_random_play():
    calls = []

    def act(batch):
        calls.append(len(batch["x"]))
        return torch.zeros(len(batch["x"]), dtype=torch.int64)

    always = play(act, 30, exploration=1.0)
    assert calls
    assert (always > 0).double().mean() < 0.5
    never = play(act, 30, exploration=0.0)
    assert never.shape == (30,)
