"""Areas of boards, against a flood fill."""

import torch

from harmonium.data.go import areas, played_out

SIZE = 6


def filled(board):
    """Area of black, white and neither of one board, region by region."""
    points, seen, count = board.view(SIZE, SIZE).tolist(), set(), [0, 0, 0]
    for start in [(y, x) for y in range(SIZE) for x in range(SIZE)]:
        if points[start[0]][start[1]]:
            count[0 if points[start[0]][start[1]] == 1 else 1] += 1
        elif start not in seen:
            region, borders, left = set(), set(), [start]
            while left:
                y, x = left.pop()
                if not (0 <= y < SIZE and 0 <= x < SIZE) or (y, x) in region:
                    continue
                if points[y][x]:
                    borders.add(points[y][x])
                    continue
                region.add((y, x))
                left += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
            seen |= region
            owner = {frozenset({1}): 0, frozenset({-1}): 1}.get(frozenset(borders), 2)
            count[owner] += len(region)
    return count


def test_areas_are_those_of_a_flood_fill():
    source = torch.Generator().manual_seed(0)
    stones = torch.rand(200, SIZE * SIZE, generator=source)
    share = torch.linspace(0.1, 0.9, 200)[:, None]
    colour = torch.where(torch.rand(stones.shape, generator=source) < 0.5, 1, -1)
    board = torch.where(stones < share, colour, 0).to(torch.int8)
    assert areas(board).tolist() == [filled(row) for row in board]
    assert areas(-board)[:, [1, 0, 2]].tolist() == areas(board).tolist()


def test_dead_stones_leave_an_area_undecided():
    rows = ["..X.O.", "..X.O.", "..XXO.", "XXXOO.", "OOOO..", "......"]
    board = torch.tensor([[".XO".index(c) for c in "".join(rows)]]).to(torch.int8)
    board = torch.where(board == 2, -1, board).to(torch.int8)
    assert areas(board).tolist() == [[13, 21, 2]]
    assert bool(played_out(board))
    assert not bool(played_out(board, largest=1))
    dead = board.clone()
    dead[0, 35] = 1  # a black stone in white's area
    assert areas(dead).tolist() == [[14, 9, 13]]
    assert not bool(played_out(dead))
    assert not bool(played_out(torch.zeros(1, 361, dtype=torch.int8)))


def test_many_points_of_neither_leave_the_areas_undecided():
    board = torch.ones(9, 9, dtype=torch.int8)
    board[1::2] = -1
    spots = [(y, x) for y in (1, 3, 5) for x in (1, 3, 5, 7)]
    for neither in (10, 11):
        spotted = board.clone()
        for y, x in spots[:neither]:  # single points, which both colours touch
            spotted[y, x] = 0
        assert areas(spotted.view(1, -1))[0, 2] == neither
        assert bool(played_out(spotted.view(1, -1))) is (neither == 10)
