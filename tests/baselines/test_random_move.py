from types import SimpleNamespace

import pytest

from harmonium.baselines.random_move import RandomMove
from harmonium.data.go import go_games
from harmonium.needs import unmet
from tests.data.go.test_games import file_of


def test_it_is_right_once_in_the_number_of_legal_moves(tmp_path):
    data = go_games(file_of(tmp_path), per_game=1, test=0.25)
    trial = SimpleNamespace(data=data, labelled=lambda rows: rows.labelled())
    found = RandomMove()(trial)
    stones = data.test.batch(slice(None))["x"][:, :2].sum((1, 2, 3)).double()
    expected = float((1 / (361 - stones)).mean())  # no stone is taken, no move is suicide
    assert found["accuracy"] == pytest.approx(expected, rel=1e-9)
    assert found["error"] == 1 - found["accuracy"]
    assert found["rows"] == 3


def test_it_needs_go():
    from harmonium.data import digits_set

    assert "go_games" in unmet(RandomMove.needs, (), data=digits_set())
