import pytest
import torch

from harmonium.data import Actions, Numbers, Picture, Player, World, environment
from harmonium.errors import DataError


def test_rows_are_observations_of_random_play():
    data = environment("catch", rows=40, seed=3)
    assert data.columns["x"] == Picture((1, 10, 10), stored=(10, 10))
    assert data.columns["action"] == Actions(("left", "stay", "right"), World("catch"))
    known = {tuple(row) for row in data.train.x.tolist()}
    assert len(data.train) == 40
    assert not known & {tuple(row) for row in data.test.x.tolist()}
    player = Player(World("catch"), torch.Generator().manual_seed(3))
    assert torch.equal(data.train.x[0], player.observation.flatten())
    actions = torch.randint(3, (60,), generator=player.source)
    assert torch.equal(data.train.columns["action"], actions[:40])
    player.step(int(actions[0]))
    assert torch.equal(data.train.x[1], player.observation.flatten())


def test_several_frames_are_numbers_and_control_tasks_are_rows():
    pictures = environment("catch", frames=4, rows=10)
    assert pictures.columns["x"] == Numbers((4, 10, 10))
    assert environment("CartPole-v1", rows=10).columns["x"] == Numbers((4,))


def test_settings_reach_the_world():
    data = environment("catch", rows=4, settings={"size": 6, "drift": False})
    assert data.shape == (6, 6)
    with pytest.raises(DataError, match="no setting 'wind'"):
        environment("catch", settings={"wind": 1})
