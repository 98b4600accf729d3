"""Feature planes of Go positions, as AlphaGo's nets read them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from harmonium.data.go.ladders import ladders
from harmonium.data.go.rules import Position, around, groups, legal, liberties, neighbours

__all__ = ["LEGAL", "NAMES", "feature_planes", "legal_points"]

_SIZES = {
    "stone": 3,
    "ones": 1,
    "turns since": 8,
    "liberties": 8,
    "captures": 8,
    "self-atari": 8,
    "liberties after": 8,
    "ladder capture": 1,
    "ladder escape": 1,
    "sensible": 1,
    "zeros": 1,
}

NAMES = tuple(
    name if n == 1 else f"{name} {k + 1}" for name, n in _SIZES.items() for k in range(n)
)
"""Names of the 48 planes, in their order."""

LEGAL = slice(NAMES.index("liberties after 1"), NAMES.index("liberties after 8") + 1)
"""The planes of which exactly one is 1 at every legal move, and none elsewhere."""

_AT_ONCE = 4_000_000
"""Values of a row for each move and point, in memory at once."""


def feature_planes(position: Position, *, colour: bool = False) -> Tensor:
    """The planes of positions, from the side of the colour to move, ``(B, 48, size, size)``.

    Stones: own, opposing, none (3); ones (1); moves since a stone was played (8); liberties of a
    stone's group (8); of legal moves: stones that it captures, from 0 (8), stones that could be
    taken if the own group is left with one liberty (8), liberties of the own group after it (8);
    whether it captures in a ladder, and escapes from one (2); whether it is legal and does not
    fill an own eye (1); zeros (1). Planes of eight are one-hot, the last one stands for all larger
    numbers. With ``colour``, a 49th plane is 1 where black is to move, as the value net reads it.
    (Silver et al., 2016, extended data table 2, https://doi.org/10.1038/nature16961.)

    Returns:
        Zeros and ones, float32.
    """
    board, turn = position.board, position.turn[:, None]
    size = round(board.shape[1] ** 0.5)
    label = groups(board)
    free = liberties(board, label)
    allowed = legal(position, label=label, free=free)
    captures, atari, after = _after(position, label, free=free, allowed=allowed)
    hunts, flights = ladders(position)
    ours = board == turn
    planes = [
        torch.stack([ours, board == -turn, board == 0], 1),
        torch.ones_like(allowed)[:, None],
        _one_hot(position.age, first=1, where=board != 0),
        _one_hot(free, first=1, where=board != 0),
        _one_hot(captures, first=0, where=allowed),
        _one_hot(atari, first=1, where=allowed & (atari > 0)),
        _one_hot(after, first=1, where=allowed),
        hunts[:, None],
        flights[:, None],
        (allowed & ~_own_eye(ours))[:, None],
        torch.zeros_like(allowed)[:, None],
    ]
    if colour:
        planes.append((turn == 1).expand_as(allowed)[:, None])
    return torch.cat(planes, 1).float().unflatten(2, (size, size))


def legal_points(planes: Tensor) -> Tensor:
    """Points where the colour to move may play, read from its planes, ``(B, P)``, bool."""
    return planes[:, LEGAL].flatten(2).amax(1) > 0


def _one_hot(number: Tensor, *, first: int, where: Tensor) -> Tensor:
    """Eight planes ``(B, 8, P)`` for the numbers first, first + 1, ... and all from first + 7."""
    place = (number.long() - first).clamp(0, 7)
    return (functional.one_hot(place, 8).bool() & where[..., None]).transpose(1, 2)


def _own_eye(ours: Tensor) -> Tensor:
    """Empty points whose neighbours are all own stones, and of whose corners enough are own.

    Three of four corners, or all on the edge of the board: such a point is an eye that only a
    blunder fills.
    """
    n = ours.shape[1]
    size = round(n**0.5)
    grid = ours.view(-1, 1, size, size).float()
    corners = torch.tensor([[1.0, 0, 1], [0, 0, 0], [1, 0, 1]], dtype=torch.float32).view(
        1, 1, 3, 3
    )
    own = functional.conv2d(grid, corners, padding=1)
    there = functional.conv2d(torch.ones_like(grid), corners, padding=1)
    firm = torch.where(there == 4, own >= 3, own == there).view(-1, n)
    walls = neighbours(n) == n
    beside = around(ours, 0).bool() | walls
    return ~ours & beside.all(2) & firm


def _after(
    position: Position, label: Tensor, *, free: Tensor, allowed: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Captured stones, own stones left in atari, and liberties after every legal move."""
    board, turn = position.board, position.turn[:, None, None]
    beside = around(board, 2)
    takes = (beside == -turn) & (around(free, 0) == 1)
    alone = allowed & ~((beside == turn) | takes).any(2)
    room = (beside == 0).sum(2)
    # A stone that touches no own stone and takes none has the empty points beside it.
    after = torch.where(alone, room, 0)
    found = [torch.zeros_like(after), torch.where(alone & (room == 1), 1, 0), after]
    row, move = (allowed & ~alone).nonzero(as_tuple=True)
    points = allowed.shape[1]
    step = max(1, _AT_ONCE // points)
    for at in range(0, len(row), step):
        r, m = row[at : at + step], move[at : at + step]
        values = _moves(position, label, free=free, row=r, move=m)
        for kept, value in zip(found, values, strict=True):
            kept[r, m] = value
    return found[0], found[1], found[2]


def _moves(
    position: Position, label: Tensor, *, free: Tensor, row: Tensor, move: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """The same for moves of some boards, ``(moves,)`` each."""
    board, turn = position.board[row], position.turn[row][:, None]
    points = board.shape[1]
    labels = label.to(torch.int16)[row]
    beside = neighbours(points)[move]  # (moves, 4)
    padded = torch.cat([board, board.new_full((len(board), 1), 2)], 1).gather(1, beside)
    of = torch.cat([labels, labels.new_full((len(labels), 1), points)], 1).gather(1, beside)
    room = torch.cat([free[row], free.new_zeros(len(row), 1)], 1).gather(1, beside)
    friend = of.masked_fill(padded != turn, -1)
    dead = of.masked_fill((padded != -turn) | (room != 1), -1)
    stones = board != 0
    joined, taken = torch.zeros_like(stones), torch.zeros_like(stones)
    for k in range(4):
        joined |= labels == friend[:, k : k + 1]
        taken |= labels == dead[:, k : k + 1]
    joined &= stones
    taken &= stones
    joined.scatter_(1, move[:, None], True)  # noqa: FBT003
    empty = ~stones | taken
    empty.scatter_(1, move[:, None], False)  # noqa: FBT003
    after = (around(joined, 0).any(2) & empty).sum(1)
    return taken.sum(1), torch.where(after == 1, joined.sum(1), 0), after
