import io
import tarfile

import pytest

from harmonium.data.go import Game, read_games
from harmonium.errors import DataError

SGF = "(;GM[1]FF[4]SZ[19]RE[W+3.5];B[pd];W[dp];B[];W[aa](;B[ss])(;B[bb]))"


def test_lists_have_a_game_a_line(tmp_path):
    path = tmp_path / "games.txt"
    path.write_text("12\t;B[aa];W[sa];B[as]\n13\t;B[pd];B[dp]\n\n")
    assert read_games(path) == [Game((0, 18, 342)), Game((3 * 19 + 15, -1, 15 * 19 + 3))]


def test_sgf_gives_the_main_line_and_the_winner(tmp_path):
    pytest.importorskip("sgfmill")
    (tmp_path / "a.sgf").write_text(SGF)
    game = Game((3 * 19 + 15, 15 * 19 + 3, -1, 0, 360), 19, -1)
    assert read_games(tmp_path / "a.sgf") == [game]
    (tmp_path / "small.sgf").write_text("(;GM[1]FF[4]SZ[9];B[aa])")
    (tmp_path / "handicap.sgf").write_text("(;GM[1]FF[4]SZ[19]AB[dd][pp];W[aa])")
    assert read_games(tmp_path) == [game]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.txt", "12 hello\n", "line 1 has no moves"),
        ("a.txt", "1\t;B[pd];W[tt];B[zz]\n", "'zz' is no point"),
        ("a.txt", "\n", "no games of 19 x 19"),
        ("a.sgf", "no game", "no game in SGF"),
    ],
)
def test_damaged_files_are_named(tmp_path, name, text, message):
    pytest.importorskip("sgfmill")
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=message):
        read_games(tmp_path / name)


def test_an_archive_gives_its_games_in_the_order_of_their_names(tmp_path):
    pytest.importorskip("sgfmill")
    path = tmp_path / "games.tar.xz"
    with tarfile.open(path, "w:xz") as archive:
        for name in ("b.sgf", "a.sgf", "read.me"):
            text = SGF.replace("B[pd]", "B[aa]").encode() if name == "a.sgf" else SGF.encode()
            member = tarfile.TarInfo(name)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
    first, second = read_games(path)
    assert (first.moves[0], second.moves[0]) == (0, 3 * 19 + 15)
    assert first.winner == second.winner == -1
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match="no whole archive"):
        read_games(path)
