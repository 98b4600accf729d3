import pytest
import torch

from harmonium.data.go import Game, Planes, Points, feature_planes, go_games, positions
from harmonium.data.go.planes import LEGAL
from harmonium.data.go.rules import Position, play
from harmonium.data.kinds import Numbers
from harmonium.errors import DataError

LINES = ["B[pd];W[dp];B[pp];W[dd];B[fc]", "B[dd];W[pp];B[dp]", "B[qd];W[dc];B[co];W[pq];B[jj]"]


def file_of(folder):
    path = folder / "games.txt"
    path.write_text("".join(f"{k}\t;{line}\n" for k, line in enumerate(LINES * 4)))
    return path


def test_positions_are_those_before_the_moves():
    games = [Game((60, 72, 300)), Game((0, 1))]
    position, move, game = positions(games, 99, source=torch.Generator().manual_seed(0))
    assert sorted(move.tolist()) == [0, 1, 60, 72, 300]
    assert game.tolist() == [0 if point in (60, 72, 300) else 1 for point in move.tolist()]
    before = play(play(Position.empty(1), torch.tensor([60])), torch.tensor([72]))
    row = int((move == 300).nonzero())
    assert torch.equal(position.board[row], before.board[0])
    assert torch.equal(position.age[row], before.age[0])
    few, *_ = positions(games, 1, source=torch.Generator().manual_seed(0))
    assert len(few) == 2


def test_no_game_is_in_both_parts_and_every_move_is_legal(tmp_path):
    data = go_games(file_of(tmp_path), per_game=3, test=0.25)
    assert (len(data.train), len(data.test)) == (27, 9)
    x = data.train.batch(slice(None))["x"]
    assert x.shape == (27, 48, 19, 19)
    allowed = x[:, LEGAL].amax(1).flatten(1)
    assert bool(allowed.gather(1, data.train.y[:, None]).all())
    assert data.columns == {"x": Planes((48, 19, 19)), "y": Points()}


def test_points_have_their_usual_names():
    names = Points().names
    assert (names[0], names[18], names[360], names[3 * 19 + 15]) == ("A19", "T19", "T1", "Q16")
    assert not any(str(name).startswith("I") for name in names)


def test_an_illegal_move_is_named(tmp_path):
    path = tmp_path / "games.txt"
    path.write_text("1\t;B[pd];W[pd]\n2\t;B[dd]\n")
    with pytest.raises(DataError, match=r"move 1 \(from 0\) of game board 0: .* not legal"):
        go_games(path)
    path.write_text("1\t;B[pd]\n")
    with pytest.raises(DataError, match="lower `test`"):
        go_games(path)


@pytest.mark.data
def test_moves_of_professionals_are_all_legal():
    data = go_games(games=30, per_game=2)
    assert (len(data.train), len(data.test)) == (54, 6)


def test_planes_of_a_row_are_those_of_its_position():
    position, *_ = positions([Game((60, 72, 300))], 3, source=torch.Generator().manual_seed(1))
    assert feature_planes(position).shape == (3, 48, 19, 19)


def test_points_that_are_never_played_are_no_mistake(tmp_path):
    from harmonium.data.inspect import inspect

    data = go_games(file_of(tmp_path), per_game=2, test=0.25)
    assert not [text for text in inspect(data) if "classes" in text]


SGF = "(;GM[1]FF[4]SZ[19]RE[{}];B[pd];W[dp];B[pp])"


def test_an_outcome_is_seen_from_the_side_to_move(tmp_path):
    for name, result in {"a": "B+R", "b": "Void", "c": "W+2.5", "d": "B+T"}.items():
        (tmp_path / f"{name}.sgf").write_text(SGF.format(result))
    data = go_games(tmp_path, per_game=3, test=0.3, target="outcome")
    assert data.shape == (49, 19, 19)
    x, y = data.train.batch(slice(None))["x"], data.train.targets
    assert (len(data.train), len(data.test)) == (6, 3)
    black = x[:, 48, 0, 0] == 1
    won_by_black = y[:, 0] * torch.where(black, 1, -1)
    assert sorted(won_by_black.tolist()) == [-1, -1, -1, 1, 1, 1]
    assert data.columns["y"] == Numbers((1,), ("outcome",))
    assert set(data.test.targets.flatten().tolist()) == {1, -1}


def test_records_without_outcomes_are_refused(tmp_path):
    with pytest.raises(DataError, match="no game says who won"):
        go_games(file_of(tmp_path), target="outcome")
