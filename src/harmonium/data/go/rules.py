"""The rules of Go for many boards at once: groups, liberties, captures, ko, legal moves.

A board is a row of size x size points, in reading order: 1 for black stones, -1 for white ones, 0
for empty points. All functions take boards ``(B, P)`` and have no loop over boards or points.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from harmonium.errors import UsageError

__all__ = ["Position", "followed", "groups", "legal", "liberties", "neighbours", "play"]


@dataclass(frozen=True)
class Position:
    """Boards, whose turn it is, and where a stone may not be played because of ko.

    Args:
        board: stones, ``(B, P)``, int8: 1 black, -1 white, 0 empty.
        turn: colour to move, ``(B,)``, int8.
        ko: point that may not be retaken at once, ``(B,)``, int64; -1 for none.
        age: moves since each stone was played, ``(B, P)``, int16: 1 for the last move; 0 for empty
            points.
    """

    board: Tensor
    turn: Tensor
    ko: Tensor
    age: Tensor

    @classmethod
    def empty(cls, boards: int, size: int = 19) -> Position:
        """Empty boards; black moves first."""
        points = size * size
        return cls(
            torch.zeros(boards, points, dtype=torch.int8),
            torch.ones(boards, dtype=torch.int8),
            torch.full((boards,), -1, dtype=torch.int64),
            torch.zeros(boards, points, dtype=torch.int16),
        )

    def __len__(self) -> int:
        return len(self.board)

    def take(self, rows: Tensor) -> Position:
        """The boards with these indices."""
        return Position(self.board[rows], self.turn[rows], self.ko[rows], self.age[rows])


@lru_cache
def neighbours(points: int) -> Tensor:
    """Up, down, left and right neighbour of every point, ``(P, 4)``; P stands for none.

    >>> neighbours(4).tolist()
    [[4, 2, 4, 1], [4, 3, 0, 4], [0, 4, 4, 3], [1, 4, 2, 4]]
    """
    size = math.isqrt(points)
    if size * size != points:
        raise UsageError(f"a board of {points} points is not square: give size x size points")
    grid = torch.full((size + 2, size + 2), points, dtype=torch.int64)
    grid[1:-1, 1:-1] = torch.arange(points).view(size, size)
    around = [grid[:-2, 1:-1], grid[2:, 1:-1], grid[1:-1, :-2], grid[1:-1, 2:]]
    return torch.stack([side.reshape(-1) for side in around], 1)


def sides(values: Tensor, outside: int) -> list[Tensor]:
    """Values above, below, left and right of every point, four times ``(B, P)``."""
    size = math.isqrt(values.shape[1])
    grid = functional.pad(values.view(-1, size, size), (1, 1, 1, 1), value=outside)
    found = [grid[:, :-2, 1:-1], grid[:, 2:, 1:-1], grid[:, 1:-1, :-2], grid[:, 1:-1, 2:]]
    return [side.reshape(values.shape) for side in found]


def around(values: Tensor, outside: int) -> Tensor:
    """The same side by side, ``(B, P) -> (B, P, 4)``."""
    return torch.stack(sides(values, outside), -1)


def groups(board: Tensor) -> Tensor:
    """The group of every stone, as the smallest index of its points, ``(B, P)``, int64.

    Stones of one colour that touch are a group. Empty points have their own index. Labels spread
    to neighbours, and every label is replaced by the label at its own place, so that the number
    of rounds grows with the logarithm of a group's length.
    """
    points = board.shape[1]
    label = torch.arange(points, device=board.device, dtype=torch.int16).repeat(len(board), 1)
    walls = [points * ((side != board) | (board == 0)).short() for side in sides(board, 2)]
    while True:
        new = label
        for side, wall in zip(sides(label, points), walls, strict=True):
            new = torch.minimum(new, torch.maximum(side, wall))
        new = torch.minimum(new, new.gather(1, new.long()))
        if torch.equal(new, label):
            return label.long()
        label = new


def liberties(board: Tensor, label: Tensor) -> Tensor:
    """Number of liberties of the group of every stone, ``(B, P)``, int64; 0 for empty points.

    A liberty is an empty point beside the group, counted once.

    Args:
        board: the stones.
        label: their ``groups``.
    """
    points = board.shape[1]
    counts = board.new_zeros(len(board), points + 1, dtype=torch.int64)
    empty, met = board == 0, list[Tensor]()
    for side in sides(torch.where(empty, points, label), points):
        again = ~empty
        for other in met:
            again = again | (side == other)
        each = side.masked_fill(again, points)
        counts.scatter_add_(1, each, torch.ones_like(each))
        met.append(side)
    return counts.gather(1, label) * ~empty


def play(position: Position, move: Tensor) -> Position:
    """The positions after a move each; opposing groups without liberties are taken off.

    Args:
        position: before the moves.
        move: point of each, ``(B,)``; -1 passes.

    Raises:
        ValueError: a move is not legal; the message names its board.
    """
    return _placed(position, move)[0]


def followed(position: Position, move: Tensor) -> tuple[Position, Tensor, Tensor]:
    """The same, with ``groups`` and ``liberties`` of the new boards, which ``play`` needs anyway.

    Raises:
        ValueError: a move is not legal.
    """
    after, label, free, dead = _placed(position, move)
    changed = dead.any(1).nonzero().flatten()
    label[changed] = groups(after.board[changed])
    free[changed] = liberties(after.board[changed], label[changed])
    return after, label, free


def _placed(position: Position, move: Tensor) -> tuple[Position, Tensor, Tensor, Tensor]:
    """The new positions; groups and liberties before stones are taken off; the stones taken."""
    board, turn = position.board.clone(), position.turn
    played = move >= 0
    at = move.clamp(min=0)[:, None]
    stone = torch.where(played, turn, board.gather(1, at)[:, 0])
    board.scatter_(1, at, stone[:, None])
    label = groups(board)
    free = liberties(board, label)
    dead = (board == -turn[:, None]) & (free == 0) & played[:, None]
    alive = dead.any(1) | (free.gather(1, at)[:, 0] > 0)
    open_ = (position.board.gather(1, at)[:, 0] == 0) & (move != position.ko)
    if not bool(((alive & open_) | ~played).all()):
        row = int((played & ~(alive & open_)).to(torch.int8).argmax())
        raise UsageError(f"board {row}: a move at point {int(move[row])} is not legal")
    board = board.masked_fill(dead, 0)
    age = torch.where(board != 0, position.age + (board != 0), 0).to(torch.int16)
    age.scatter_(1, at, torch.where(played[:, None], 1, age.gather(1, at)).to(torch.int16))
    # Ko: a single stone took a single stone, and could be taken back at once.
    points = board.shape[1]
    beside = neighbours(points)[move.clamp(min=0)]
    near = functional.pad(board, (0, 1), value=2).gather(1, beside)
    own, empty = (near == turn[:, None]).sum(1), (near == 0).sum(1)
    ko = played & (dead.sum(1) == 1) & (own == 0) & (empty == 1)
    taken = dead.to(torch.int8).argmax(1)
    after = replace(position, board=board, turn=-turn, ko=torch.where(ko, taken, -1), age=age)
    return after, label, free, dead


def legal(
    position: Position, *, label: Tensor | None = None, free: Tensor | None = None
) -> Tensor:
    """Points where the colour to move may play, ``(B, P)``, bool.

    Not on stones, not by suicide, and not at once into a ko.

    Args:
        position: the positions.
        label: their ``groups``, if known.
        free: the ``liberties`` of the groups, if known.
    """
    board, turn = position.board, position.turn[:, None, None]
    label = groups(board) if label is None else label
    free = liberties(board, label) if free is None else free
    beside, room = around(board, 2), around(free, 0)
    breathes = (beside == 0) | ((beside == turn) & (room > 1)) | ((beside == -turn) & (room == 1))
    allowed = (board == 0) & breathes.any(2)
    points = torch.arange(board.shape[1], device=board.device)
    return allowed & (points != position.ko[:, None])
