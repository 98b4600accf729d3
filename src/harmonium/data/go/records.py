"""Records of Go games: SGF files, and lists with one game a line."""

from __future__ import annotations

import lzma
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path

from harmonium.data.encodings import read_text
from harmonium.errors import DataError
from harmonium.extras import need
from harmonium.files import regular

__all__ = ["Game", "read_games"]

_LARGEST = 2**20
"""Bytes of one game in an archive, at most."""

_MOVE = re.compile(r";([BW])\[([a-z]{0,2})\]")


@dataclass(frozen=True)
class Game:
    """The moves of one game.

    Args:
        moves: points in reading order, from 0 at the upper left; -1 for a pass. Black moves first,
            then both in turn.
        size: rows of the board.
        winner: 1 for black, -1 for white, 0 if unknown.
    """

    moves: tuple[int, ...]
    size: int = 19
    winner: int = 0


def read_games(path: Path) -> list[Game]:
    """Reads all games of a file, or of a folder or an archive (.tar, .tar.xz) of .sgf files.

    A file .sgf holds one game. Any other text file (plain, .gz, .xz) has one game a line, such as
    ``1270615<tab>;B[pd];W[dp]``. Games with handicap stones, or of another size than 19, are left
    out.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a file is damaged, or holds no game.
        ImportError: sgfmill is missing, which reads .sgf.
    """
    if path.is_dir():
        files = sorted(path.rglob("*.sgf"))
        games = [g for file in files for g in _sgf(file.read_bytes(), place=str(file))]
    elif ".tar" in path.suffixes:
        games = [g for name, text in _members(path) for g in _sgf(text, place=f"{path}: {name}")]
    elif path.suffix == ".sgf":
        games = _sgf(path.read_bytes(), place=str(path))
    else:
        games = _lines(path)
    games = [game for game in games if game.size == 19 and game.moves]
    if not games:
        raise DataError(f"{path}: no games of 19 x 19 without handicap stones")
    return games


def _members(path: Path) -> list[tuple[str, bytes]]:
    """Names and contents of the .sgf files of an archive, in the order of their names."""
    found = []
    try:
        with regular(path).open("rb") as file, tarfile.open(fileobj=file, mode="r:*") as archive:
            for member in archive:
                if not member.isfile() or not member.name.endswith(".sgf"):
                    continue
                if member.size > _LARGEST:
                    raise DataError(
                        f"{path}: {member.name} has {member.size} bytes, more than a game takes: "
                        "remove it"
                    )
                content = archive.extractfile(member)
                assert content is not None
                found.append((member.name, content.read()))
    except (tarfile.TarError, lzma.LZMAError, EOFError) as error:
        raise DataError(f"{path}: no whole archive ({error}): bring the file again") from error
    return sorted(found)


def _sgf(text: bytes, *, place: str) -> list[Game]:
    sgf = need("sgfmill.sgf", ".sgf files are read by")
    try:
        game = sgf.Sgf_game.from_bytes(text)
        size, winner = game.get_size(), {"b": 1, "w": -1}.get(game.get_winner() or "", 0)
        placed = any(node.has_setup_stones() for node in game.get_main_sequence())
        moves = [node.get_move() for node in game.get_main_sequence()]
    except ValueError as error:
        raise DataError(f"{place}: no game in SGF ({error})") from error
    if placed:
        return []
    named = [
        (colour, -1 if at is None else (size - 1 - at[0]) * size + at[1])
        for colour, at in moves
        if colour is not None
    ]
    return [Game(_in_turn(named), size, winner)]


def _lines(path: Path) -> list[Game]:
    games = []
    for number, line in enumerate(read_text(path, "latin-1").split("\n"), 1):
        found = _MOVE.findall(line)
        if not found and line.strip():
            raise DataError(f"{path}: line {number} has no moves such as ;B[pd]")
        named = [
            (colour.lower(), _point(at, place=f"{path}: line {number}")) for colour, at in found
        ]
        if found:
            games.append(Game(_in_turn(named)))
    return games


def _point(at: str, *, place: str) -> int:
    """Index of a point of 19 x 19 from its two letters: column, then row; "tt" is a pass."""
    if at in ("", "tt"):
        return -1
    column, row = (ord(letter) - ord("a") for letter in at)
    if max(column, row) > 18:
        raise DataError(f"{place}: {at!r} is no point of a board of 19 x 19")
    return 19 * row + column


def _in_turn(named: list[tuple[str, int]]) -> tuple[int, ...]:
    """Moves of black and white in turn, with a pass where a colour moves twice."""
    moves: list[int] = []
    for colour, at in named:
        if colour != "bw"[len(moves) % 2]:
            moves.append(-1)
        moves.append(at)
    return tuple(moves)
