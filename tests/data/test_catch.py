import numpy as np
import pytest

from harmonium.data.catch import Catch, catch_world
from harmonium.errors import DataError


def landing(world):
    """The column where the ball will be on the lowest row, by reflecting it at the walls."""
    column, slope = world._ball[1], world._slope
    for _ in range(world.size - 1):
        if not 0 <= column + slope < world.size:
            slope = -slope
        column += slope
    return column


@pytest.mark.parametrize("size", [3, 10])
@pytest.mark.parametrize("seed", range(40))
def test_a_perfect_player_always_catches_and_one_that_stays_away_never(seed, size):
    for goal, earned in ((landing, 1.0), (lambda w: w.size - 1 - landing(w), -1.0)):
        world = Catch(size=size)
        world.reset(seed=seed)
        wanted = goal(world)
        if goal is not landing and wanted == landing(world):
            continue  # the middle column is its own mirror image
        rewards, ended = [], False
        while not ended:
            move = int(np.sign(wanted - world._paddle)) + 1
            _, reward, ended, cut, _ = world.step(move)
            rewards.append(reward)
            assert not cut
        assert rewards == [0.0] * (size - 2) + [earned]


def test_the_board_shows_ball_and_paddle_and_nothing_else():
    world = Catch(size=5, drift=False)
    board, _ = world.reset(seed=1)
    assert board.dtype == np.uint8
    assert sorted(zip(*board.nonzero(), strict=True)) == [(0, world._ball[1]), (4, 2)]
    board, *_ = world.step(0)
    assert sorted(zip(*board.nonzero(), strict=True)) == [(1, world._ball[1]), (4, 1)]
    assert world.render().shape == (80, 80, 3)


def test_a_seed_repeats_a_game():
    first, second = Catch(), Catch()
    for seed in range(5):
        assert np.array_equal(first.reset(seed=seed)[0], second.reset(seed=seed)[0])
        assert np.array_equal(first.step(2)[0], second.step(2)[0])


def test_bad_settings_are_named():
    with pytest.raises(DataError, match="size is 2"):
        Catch(size=2)
    with pytest.raises(DataError, match="no setting 'speed'"):
        catch_world(speed=3)
