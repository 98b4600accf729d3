"""Positions of recorded Go games, with the expert's move: data for a policy net."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Share
from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN, KnownSet
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Examples
from harmonium.data.go.planes import NAMES, feature_planes
from harmonium.data.go.records import Game, read_games
from harmonium.data.go.rules import Position, play
from harmonium.data.kinds import Classes, Kind, Numbers
from harmonium.errors import DataError, UsageError

__all__ = ["Planes", "Points", "go_games", "positions"]

_COLUMNS = "ABCDEFGHJKLMNOPQRST"
_AT_ONCE = 500

_ALPHAGO = KnownSet(
    title="Go games of AlphaGo",
    about="13 games of 2015 and 2016 with outcomes: against Fan Hui, Lee Sedol, and itself",
    where="the records that DeepMind published in SGF, packed as alphago_sgf.tar.xz",
    licence="none stated",
    shape=(49, 19, 19),
    rows={"train": 13},
    files={"alphago_sgf.tar.xz": ""},
)


@dataclass(frozen=True, repr=False)
class Points(Classes):
    """Points of a Go board as classes, named "A19" to "T1" in reading order."""

    names: tuple[str | int, ...] = tuple(
        f"{column}{19 - row}" for row in range(19) for column in _COLUMNS
    )
    expected: ClassVar[bool] = False
    """Points of the edge are hardly ever played."""


@dataclass(frozen=True, repr=False)
class Planes(Numbers):
    """Feature planes of Go positions, ``(planes, rows, columns)``: see ``feature_planes``."""


@checked
def go_games(  # noqa: PLR0913
    path: Path | None = None,
    *,
    records: Literal["tom", "alphago"] = "tom",
    games: Count | None = None,
    per_game: Count = 8,
    test: Share = 0.1,
    target: Literal["move", "outcome"] = "move",
    seed: int = 0,
) -> DataSet:
    """Positions of Go games as the planes that AlphaGo's nets read, and the move that followed.

    With ``target="outcome"`` a position has the outcome of its game in place of the move: 1 if the
    side to move won, -1 if it lost; a 49th plane says if black is to move. Games of unknown
    outcome are left out. Positions of one game are alike and have one outcome, so few of each are
    better: AlphaGo's value net took one. A column "game" then has the number of the game.

    Args:
        path: A .sgf file, a folder or an archive of them, or a text file with a game a line; null
            for known records, which are looked for in the usual places.
        records: Without a path: 3629 games of professionals of 2004 (tom), whose outcomes are not
            recorded, or 13 games of AlphaGo of 2015 and 2016 with outcomes (alphago).
        games: Number of games to take, from the start; null for all.
        per_game: Positions of each game, at random.
        test: Share of the games that are the test.
        target: What a net learns: the move that followed, or the outcome of the game.
        seed: Seed of the choice of positions.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a file is damaged, a game has a move that is not legal, or no game has an
            outcome.
    """
    if path is None:
        known = KNOWN["go_games"] if records == "tom" else _ALPHAGO
        (path,) = find(
            tuple(known.files), places("go", None), title=known.title, origin=known.where
        )
    read = read_games(path)
    if target == "outcome" and not (read := [game for game in read if game.winner]):
        raise DataError(
            f"{path}: no game says who won (RE in .sgf): take records: alphago, others with it, "
            "or target: move"
        )
    read = read[:games]
    held = max(1, round(test * len(read))) if test else 0
    if len(read) <= held:
        raise DataError(f"{path}: {len(read)} games, of which {held} are the test: lower `test`")
    source = torch.Generator().manual_seed(seed)
    parts = {"train": read[: len(read) - held], "test": read[len(read) - held :]}
    splits = {
        name: _examples(part, per_game, target=target, source=source)
        for name, part in parts.items()
        if part
    }
    names = NAMES if target == "move" else (*NAMES, "black to move")
    y: Kind = Points() if target == "move" else Numbers((1,), ("outcome",))
    kinds: dict[str, Kind] = {"x": Planes((len(names), 19, 19)), "y": y}
    return DataSet("go_games", splits["train"], test=splits.get("test"), columns=kinds)


def _examples(
    games: Sequence[Game], per_game: int, *, target: str, source: torch.Generator
) -> Examples:
    position, move, game = positions(games, per_game, source=source)
    planes = [
        feature_planes(position.take(rows), colour=target == "outcome").flatten(1)
        for rows in torch.arange(len(move)).split(_AT_ONCE)
    ]
    winner = torch.tensor([each.winner for each in games])[game]
    outcome = (winner * position.turn).float()[:, None]
    if target == "move":
        return Examples({"x": torch.cat(planes), "y": move})
    return Examples({"x": torch.cat(planes), "y": outcome, "game": game.float()})


def positions(
    games: Sequence[Game], per_game: int, *, source: torch.Generator
) -> tuple[Position, Tensor, Tensor]:
    """Plays all games side by side: some positions, the move after each, its game, ``(N,)`` both.

    Raises:
        ValueError: a move is not legal; the message names the game and the move.
    """
    longest = max(len(game.moves) for game in games)
    moves = torch.full((len(games), longest), -1, dtype=torch.int64)
    for row, game in enumerate(games):
        moves[row, : len(game.moves)] = torch.tensor(game.moves)
    draws = torch.rand(moves.shape, generator=source, dtype=torch.float32)
    chosen = draws.masked_fill(moves < 0, -1.0).topk(min(per_game, longest), 1)
    wanted = torch.zeros_like(moves, dtype=torch.bool)
    wanted.scatter_(1, chosen.indices, chosen.values >= 0)
    position = Position.empty(len(games))
    kept: list[Position] = []
    after: list[Tensor] = []
    of: list[Tensor] = []
    for number in range(longest):
        move = moves[:, number]
        rows = wanted[:, number].nonzero().flatten()
        kept.append(position.take(rows))
        after.append(move[rows])
        of.append(rows)
        try:
            position = play(position, move)
        except UsageError as error:
            raise DataError(f"move {number} (from 0) of game {error}: drop this game") from error
    parts = ("board", "turn", "ko", "age")
    joined = {name: torch.cat([getattr(p, name) for p in kept]) for name in parts}
    return Position(**joined), torch.cat(after), torch.cat(of)
