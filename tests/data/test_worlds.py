import numpy as np
import pytest
import torch

from harmonium.data import Actions, Player, World
from harmonium.data.worlds import seen
from harmonium.errors import DataError


def source(seed=0):
    return torch.Generator().manual_seed(seed)


def trace(player, actions):
    """Everything that a player sees and gets while it takes these actions."""
    found = []
    for action in actions:
        reward, ended, over = player.step(action)
        found.append((player.observation.clone(), reward, ended, over))
        if over:
            player.begin()
    return found


@pytest.mark.parametrize("game", ["catch", "CartPole-v1"])
def test_a_restored_player_sees_the_same_world(game):
    random = source(7)
    actions = torch.randint(2, (60,), generator=random).tolist()
    player = Player(World(game, frames=2), source())
    trace(player, actions[:25])
    state, draws = player.state_dict(), player.source.get_state()
    expected = trace(player, actions[25:])

    other = Player(World(game, frames=2), source(99))
    other.load_state_dict(state)
    other.source.set_state(draws)
    for (x, *rest), (y, *same) in zip(trace(other, actions[25:]), expected, strict=True):
        assert torch.equal(x, y)
        assert rest == same


def test_frames_are_stacked_as_by_gymnasium():
    gym = pytest.importorskip("gymnasium")
    player = Player(World("CartPole-v1", frames=3), source())
    world = gym.wrappers.FrameStackObservation(gym.make("CartPole-v1"), 3)
    theirs, _ = world.reset(seed=player.state_dict()["seed"])
    assert np.array_equal(player.observation.numpy(), theirs.reshape(-1))
    for action in (0, 1, 1, 0, 1):
        player.step(action)
        theirs, *_ = world.step(action)
        assert np.array_equal(player.observation.numpy(), theirs.reshape(-1))


def test_an_episode_that_runs_out_of_time_has_not_ended():
    player = Player(World("CartPole-v1", settings=(("max_episode_steps", 3),)), source())
    assert [player.step(0)[1:] for _ in range(3)] == [
        (False, False),
        (False, False),
        (False, True),
    ]


def test_pictures_are_shares_of_white_channels_first():
    player = Player(World("catch", frames=2), source())
    assert player.frame.dtype == torch.uint8
    assert player.observation.shape == (2, 10, 10)
    assert set(player.observation.unique().tolist()) == {0.0, 1.0}
    assert seen(torch.tensor([51], dtype=torch.uint8)).item() == pytest.approx(0.2)


def test_atari_games_are_preprocessed():
    pytest.importorskip("ale_py")
    player = Player(World("ALE/Pong-v5", frames=4), source())
    assert player.observation.shape == (4, 84, 84)
    player.step(2)
    assert player.frame.dtype == torch.uint8
    assert World("ALE/Pong-v5").actions[:3] == ("noop", "fire", "right")


@pytest.mark.parametrize(
    ("game", "message"),
    [
        ("NoSuchGame-v0", "no world 'NoSuchGame-v0'"),
        ("Pendulum-v1", "numbered actions are needed"),
        ("FrozenLake-v1", "arrays are needed"),
    ],
)
def test_worlds_that_do_not_fit_are_refused(game, message):
    pytest.importorskip("gymnasium")
    with pytest.raises(DataError, match=message):
        World(game).made()


def test_actions_are_checked_like_classes():
    kind = Actions(("left", "right"), World("catch"))
    kind.check(torch.tensor([0, 1]))
    with pytest.raises(DataError, match="labels from 0 to 2"):
        kind.check(torch.tensor([0, 2]))
