"""Ladders: groups that are chased with one atari after the other."""

from __future__ import annotations

import torch
from torch import Tensor

from harmonium.data.go.rules import Position, around, followed, groups, legal, liberties, play

__all__ = ["captured_by_ladder", "ladders"]

LONGEST = 40
"""Moves of the hunter after which a chase counts as escaped; a ladder crosses the board in 36."""


def ladders(position: Position) -> tuple[Tensor, Tensor]:
    """Moves that begin a working ladder, and moves that escape one, both ``(B, P)``, bool.

    A move captures in a ladder if it leaves an opposing group of two liberties with one, and the
    group is then taken whatever it does. A move escapes if it is the last liberty of an own
    group, and the group is then not taken in a ladder.

    Args:
        position: the positions; the colour to move is that of the move.
    """
    label = groups(position.board)
    free = liberties(position.board, label)
    allowed = legal(position, label=label, free=free)
    theirs = position.board == -position.turn[:, None]
    ours = position.board == position.turn[:, None]
    hunts = _beside(allowed, label, of=theirs & (free == 2))
    flights = _beside(allowed, label, of=ours & (free == 1))
    found = []
    for (row, move, prey), hunted in ((hunts, True), (flights, False)):
        after = play(position.take(row), move)
        taken = captured_by_ladder(after, prey)
        result = torch.zeros_like(allowed)
        kept = taken if hunted else ~taken
        result[row[kept], move[kept]] = True
        found.append(result)
    return found[0], found[1]


def _beside(allowed: Tensor, label: Tensor, *, of: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Board, move and prey (a stone of the group) of every allowed move beside such groups."""
    points = label.shape[1]
    touched = around(torch.where(of, label, points), points)
    touched = touched.masked_fill(~allowed[..., None], points)
    row, move, _ = (touched < points).nonzero(as_tuple=True)
    prey = touched[touched < points]
    once = torch.stack([row, move, prey], 1).unique(dim=0)
    return once[:, 0], once[:, 1], once[:, 2]


def captured_by_ladder(position: Position, prey: Tensor) -> Tensor:
    """Whether a group is taken by a ladder, ``(B,)``, bool.

    If it is the prey's turn, it may extend at its last liberty; if it can take a stone of the
    hunter beside it, it counts as escaped. If it is the hunter's turn, it tries both liberties of
    a group of two. Groups of three liberties have escaped, groups of one are taken. All chases
    are followed side by side.

    Args:
        position: the boards; whose turn it is says who plays next.
        prey: a point of the group of each board, ``(B,)``.
    """
    taken = torch.zeros(len(prey), dtype=torch.bool)
    origin = torch.arange(len(prey))
    label = groups(position.board)
    free = liberties(position.board, label)
    for _ in range(2 * LONGEST):
        if not len(origin):
            break
        group = label.gather(1, prey[:, None])
        room = free.gather(1, prey[:, None])[:, 0]
        colour = position.board.gather(1, prey[:, None])[:, 0]
        flees = position.turn == colour
        member = label == group
        lost = (room == 1) & ~flees
        taken[origin[lost]] = True
        open_ = (room <= 2) & (room >= 1) & ~lost & ~taken[origin]
        # Whoever flees with two liberties is not in atari: the chase is over.
        open_ &= ~(flees & (room == 2))
        hunters = (position.board == -colour[:, None]) & (free == 1)
        counter = (hunters & (around(member, 0).any(2))).any(1)
        open_ &= ~(flees & counter)
        moves = (around(member, 0).any(2)) & (position.board == 0)
        moves &= legal(position, label=label, free=free) & open_[:, None]
        row, move = moves.nonzero(as_tuple=True)
        # A group in atari that has no legal move stays where it is, and is taken.
        stuck = open_ & flees & ~moves.any(1)
        taken[origin[stuck]] = True
        position, label, free = followed(position.take(row), move)
        prey, origin = prey[row], origin[row]
    return taken
