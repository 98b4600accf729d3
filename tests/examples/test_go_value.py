"""Games that the larger area wins: what the example prints of them."""

import pytest
import torch

from harmonium.data.go import Game


def test_every_game_is_predicted_by_what_never_saw_it(example, tmp_path, capsys):
    pytest.importorskip("sgfmill")
    from harmonium.data.go import go_games

    for row in range(4):
        name = "BW"[row % 2]
        moves = ";B[pd];W[dp];B[pp];W[dd];B[fc]" if row % 2 else ";B[dd];W[pp];B[dp]"
        (tmp_path / f"{row}.sgf").write_text(f"(;GM[1]FF[4]SZ[19]RE[{name}+R]{moves})")
    data = go_games(tmp_path, target="outcome", per_game=3, test=0.0)
    found = example.predictions(data, epochs=1)
    assert found["net"].shape == found["true"].shape == found["areas"].shape
    assert found["game"].unique().tolist() == [0, 1, 2, 3]
    example.report(found)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["net", "areas", "colour"]
    for game in range(4):
        rows = found["game"] == game
        train = data.train.take((data.train.columns["game"] != game).nonzero().flatten())
        black = train.batch(slice(None))["x"][:, -1, 0, 0] > 0
        means = [float(train.targets[black == k].mean()) for k in (False, True)]
        assert all(
            min(abs(value - mean) for mean in means) < 1e-5
            for value in found["colour"][rows].flatten().tolist()
        )


def test_final_boards_are_those_after_the_last_move(example, capsys):
    board = example.final([Game((60, 72, 300)), Game((0, 1))])
    assert board.nonzero().tolist() == [[0, 60], [0, 72], [0, 300], [1, 0], [1, 1]]
    assert board[0, [60, 72, 300]].tolist() == [1, -1, 1]
    example.count([Game((60, 72, 300))])
    assert "0 of 1 games are played out" in capsys.readouterr().out
    assert torch.equal(board, board.to(torch.int8))
