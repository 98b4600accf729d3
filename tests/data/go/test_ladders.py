import pytest
import torch

from harmonium.data.go import Position, captured_by_ladder, groups, ladders, liberties
from harmonium.data.go.rules import around
from tests.data.go.test_rules import drawn

# A white stone with two liberties; black can chase it down to the left, or up to the right.
START = """
. . . . . . . . .
. . X . . . . . .
. X O . . . . . .
. . . X . . . . .
. . . . . . . . .
. . . . . . . . .
. . . . . . . . .
. . . . . . . . .
. . . . . . . . .
"""


def brute(position, prey, depth=0):
    """Whether the prey is taken by ataris alone: a plain recursion over single boards."""
    from harmonium.data.go.rules import groups, legal, liberties, play

    label = groups(position.board)
    free = liberties(position.board, label)
    room = int(free[0, prey])
    colour = int(position.board[0, prey])
    member = label == label[0, prey]
    beside = around(member, 0).any(2)
    if int(position.turn) == colour:
        if room >= 2:
            return False
        weak = (position.board == -colour) & (free == 1) & beside
        if bool(weak.any()):
            return False
        moves = (beside & (position.board == 0) & legal(position))[0].nonzero().flatten()
        return all(brute(play(position, m[None]), prey, depth + 1) for m in moves)
    if room == 1:
        return True
    if room > 2:
        return False
    moves = (beside & (position.board == 0) & legal(position))[0].nonzero().flatten()
    return any(brute(play(position, m[None]), prey, depth + 1) for m in moves)


def with_stone(text, row, column, stone):
    rows = [line.split() for line in text.strip().split("\n")]
    rows[row][column] = stone
    return "\n".join(" ".join(line) for line in rows)


def test_a_ladder_works_on_an_empty_board_and_not_with_a_breaker():
    down, right = 3 * 9 + 2, 2 * 9 + 3
    assert ladders(drawn(START))[0][0].nonzero().flatten().tolist() == [right, down]
    one = ladders(drawn(with_stone(START, 1, 4, "O")))[0]
    assert one[0].nonzero().flatten().tolist() == [right]
    other = ladders(drawn(with_stone(START, 4, 1, "O")))[0]
    assert other[0].nonzero().flatten().tolist() == [down]


def test_a_group_in_a_ladder_cannot_escape_and_with_a_breaker_it_can():
    caught = with_stone(START, 3, 2, "X")
    _, flights = ladders(drawn(caught, turn=-1))
    assert not flights.any()
    _, flights = ladders(drawn(with_stone(caught, 1, 4, "O"), turn=-1))
    assert flights[0].nonzero().flatten().tolist() == [2 * 9 + 3]


@pytest.mark.parametrize("turn", [1, -1])
def test_positions_at_random_agree_with_a_recursion(turn):
    source = torch.Generator().manual_seed(turn + 5)
    board = (torch.rand(60, 49, generator=source, dtype=torch.float32) * 4).floor()
    board = torch.tensor([0, 0, 1, -1])[board.long()].to(torch.int8)
    free = liberties(board, groups(board))
    board = board.masked_fill((board != 0) & (free == 0), 0)
    free = liberties(board, groups(board))
    wanted = (board == -1) & (free > 0) & (free <= 2)
    rows, prey = wanted.nonzero(as_tuple=True)
    size = len(rows)
    empty = Position.empty(size, 7)
    position = Position(
        board[rows], torch.full((size,), turn, dtype=torch.int8), empty.ko, empty.age
    )
    found = captured_by_ladder(position, prey)
    expected = [brute(position.take(torch.tensor([k])), int(prey[k])) for k in range(size)]
    assert found.tolist() == expected
    assert 0.1 < sum(expected) / size < 0.95
