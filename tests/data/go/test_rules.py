import pytest
import torch

from harmonium.data.go.rules import (
    Position,
    followed,
    groups,
    legal,
    liberties,
    neighbours,
    play,
)
from harmonium.errors import UsageError


def drawn(text, turn=1, ko=-1):
    """A position from rows of X (black), O (white) and dots."""
    rows = [row for row in text.split("\n") if row.strip()]
    cells = [cell for row in rows for cell in row.split()]
    board = torch.tensor([[{"X": 1, "O": -1}.get(cell, 0) for cell in cells]], dtype=torch.int8)
    empty = Position.empty(1, len(rows))
    return Position(board, torch.tensor([turn], dtype=torch.int8), torch.tensor([ko]), empty.age)


def at(row, column, size=5):
    return size * row + column


CORNER = """
. O X . .
O X X . .
X X . . .
. . . . O
. . . O .
"""


def test_neighbours_of_corner_edge_and_middle():
    assert neighbours(9)[0].tolist() == [9, 3, 9, 1]
    assert neighbours(9)[1].tolist() == [9, 4, 0, 2]
    assert neighbours(9)[4].tolist() == [1, 7, 3, 5]
    with pytest.raises(UsageError, match="not square"):
        neighbours(10)


def test_stones_that_touch_are_a_group_and_corners_do_not_touch():
    label = groups(drawn(CORNER).board)[0]
    assert label[at(0, 2)] == label[at(2, 0)] == at(0, 2)
    assert label[at(0, 1)] != label[at(1, 0)]
    assert label[at(3, 4)] != label[at(4, 3)]


def test_a_group_of_any_form_is_found_whole():
    spiral = torch.zeros(19, 19, dtype=torch.int8)
    for k in range(0, 19, 4):
        spiral[k, : 19 - (k == 0)] = 1
        spiral[k : k + 5, 18 if (k // 4) % 2 == 0 else 0] = 1
    stones = spiral.view(1, -1)
    assert len(groups(stones)[stones == 1].unique()) == 1


def test_liberties_are_counted_once():
    board = drawn(CORNER).board
    free = liberties(board, groups(board))[0]
    assert free[at(0, 1)] == free[at(1, 0)] == 1  # the corner
    assert free[at(1, 1)] == 5  # (0,3) (1,3) (2,2) (3,0) (3,1); the corner is not beside it
    assert free[at(3, 4)] == 3  # (2,4), (3,3) and (4,4)
    assert free[at(0, 0)] == 0


def reference(board, move, turn):
    """One move on one board by a flood fill, on its own."""
    size = round(len(board) ** 0.5)
    board = list(board)
    board[move] = turn

    def flood(start):
        seen, todo, room = {start}, [start], set()
        while todo:
            r, c = divmod(todo.pop(), size)
            for y, x in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
                if 0 <= y < size and 0 <= x < size:
                    k = size * y + x
                    if board[k] == 0:
                        room.add(k)
                    elif board[k] == board[start] and k not in seen:
                        seen.add(k)
                        todo.append(k)
        return seen, room

    taken = set()
    for k in range(size * size):
        if board[k] == -turn and not flood(k)[1]:
            taken |= flood(k)[0]
    for k in taken:
        board[k] = 0
    return board, taken, *flood(move)


@pytest.mark.parametrize("size", [5, 9])
def test_random_games_agree_with_a_flood_fill(size):
    source = torch.Generator().manual_seed(size)
    position, n = Position.empty(12, size), 12
    captured = 0
    for _ in range(2 * size * size):
        allowed = legal(position)
        for k in range(n):
            for move in range(size * size):
                if position.board[k, move] != 0 or move == int(position.ko[k]):
                    assert not allowed[k, move]
                    continue
                *_, room = reference(position.board[k].tolist(), move, int(position.turn[k]))
                assert bool(allowed[k, move]) == bool(room)
            if size > 5:
                break
        draws = torch.rand(allowed.shape, generator=source, dtype=torch.float32)
        move = torch.where(allowed.any(1), draws.masked_fill(~allowed, -1).argmax(1), -1)
        after = play(position, move)
        for k in range(n):
            if move[k] < 0:
                assert torch.equal(after.board[k], position.board[k])
                continue
            board, taken, group, room = reference(
                position.board[k].tolist(), int(move[k]), int(position.turn[k])
            )
            assert after.board[k].tolist() == board
            captured += len(taken)
            ko = len(taken) == 1 and len(group) == 1 and len(room) == 1
            assert int(after.ko[k]) == (min(taken) if ko else -1)
        position = after
    assert captured > 50


def test_ko_may_not_be_retaken_at_once():
    position = drawn(
        """
        . X O . .
        X . X O .
        . X O . .
        . . . . .
        . . . . .
        """,
        turn=-1,
    )
    after = play(position, torch.tensor([at(1, 1)]))
    assert after.board[0, at(1, 2)] == 0
    assert int(after.ko) == at(1, 2)
    assert not legal(after)[0, at(1, 2)]
    elsewhere = play(play(after, torch.tensor([at(4, 4)])), torch.tensor([at(4, 0)]))
    assert legal(elsewhere)[0, at(1, 2)]


def test_ages_count_moves_since_a_stone_was_played():
    position = Position.empty(1, 5)
    for move in (0, 24, 12):
        position = play(position, torch.tensor([move]))
    assert position.age[0, [0, 24, 12, 7]].tolist() == [3, 2, 1, 0]
    assert play(position, torch.tensor([-1])).turn.item() == 1


def test_groups_and_liberties_follow_a_move_that_takes_stones_or_not():
    caught = drawn(CORNER)
    two = Position(*(torch.cat([getattr(caught, n)] * 2) for n in ("board", "turn", "ko", "age")))
    after, label, free = followed(two, torch.tensor([at(0, 0), at(4, 0)]))
    assert [int((board != 0).sum()) for board in after.board] == [8, 10]  # two were taken
    assert torch.equal(label, groups(after.board))
    assert torch.equal(free, liberties(after.board, label))
    assert torch.equal(after.board, play(two, torch.tensor([at(0, 0), at(4, 0)])).board)
