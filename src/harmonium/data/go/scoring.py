"""The area of both sides on many boards at once."""

from __future__ import annotations

import torch
from torch import Tensor

from harmonium.data.go.rules import groups, sides

__all__ = ["areas", "played_out"]


def areas(board: Tensor) -> Tensor:
    """Points of black, of white and of neither, ``(B, 3)``, int64: area scoring.

    A side has its stones, and the empty regions whose borders are all of its colour. Dead stones
    count as alive: the rule is right where a game was played on until they were taken off.

    Args:
        board: ``(B, P)``: 1 black, -1 white, 0 empty.

    >>> areas(torch.tensor([[0, 1, -1, 0, 1, -1, 0, 1, 0]], dtype=torch.int8)).tolist()
    [[6, 2, 1]]
    """
    black, white, _ = _regions(board)
    empty = board == 0
    own = (board == 1) | (empty & black & ~white)
    other = (board == -1) | (empty & white & ~black)
    return torch.stack([own.sum(1), other.sum(1), (~own & ~other).sum(1)], 1)


def played_out(board: Tensor, *, largest: int = 2) -> Tensor:
    """Whether the areas of boards are decided, ``(B,)``, bool.

    Every empty region that both colours touch is at most as large as ``largest``, and there are
    at most ten such points. Dead stones inside an area make its region larger than that, so boards
    with them do not count as played out.

    Args:
        board: ``(B, P)``.
        largest: points of the largest region that may belong to neither.
    """
    black, white, size = _regions(board)
    neither = (board == 0) & (black == white)
    return ((size * neither).amax(1) <= largest) & (neither.sum(1) <= 10)


def _regions(board: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of the region of every empty point: does it touch black, white; its size; ``(B, P)``."""
    empty = board == 0
    label = groups(empty.to(torch.int8))
    near = torch.stack(sides(board, 2))
    found = [(near == colour).any(0) & empty for colour in (1, -1)]
    counts = [
        torch.zeros_like(label).scatter_add(1, label, part.long()).gather(1, label)
        for part in (*found, empty)
    ]
    return counts[0] > 0, counts[1] > 0, counts[2]
