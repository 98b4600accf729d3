import numpy as np
import pytest

from harmonium.report.boards import Board, boards_picture
from harmonium.report.style import PALETTE


def board(**settings):
    stones, liking = np.zeros((5, 5)), np.zeros((5, 5))
    stones[0, 1], stones[2, 3], stones[4, 4] = 1, -1, 1
    liking[1, 1], liking[3, 2], liking[4, 0] = 0.64, 0.16, 0.001
    given = {"stones": stones, "liking": liking, "played": 16, "last": 13, "words": "B2: 16 %"}
    return Board(**given | settings)


def circles(axes):
    return [(p.center, p.radius, p.get_facecolor(), p.get_edgecolor()) for p in axes.patches]


def test_stones_preferences_last_stone_and_the_move_are_drawn():
    from matplotlib.colors import to_rgba

    (axes,) = boards_picture([board()]).axes
    found = circles(axes)
    dark, light, dark_again = (face for centre, radius, face, _ in found[:3])
    assert dark == dark_again != light
    assert [centre for centre, *_ in found[:3]] == [(1, 0), (3, 2), (4, 4)]
    assert found[3][0] == (3, 2)  # the last stone, 13 = 2 x 5 + 3
    (large, first, *_), (small, second, *_) = found[4:6]
    assert (large, small) == ((1, 1), (2, 3))
    assert first / second == pytest.approx(2)  # areas are as 4 to 1
    assert found[6][0] == (1, 3)
    assert found[6][3] == to_rgba(PALETTE[1])
    assert len(found) == 7  # a preference of .1 % has no disc


def test_boards_stand_side_by_side_under_their_words():
    figure = boards_picture([board(words=f"move {k}") for k in range(4)])
    assert [text.get_text() for text in figure.texts] == [f"move {k}" for k in range(4)]
    boxes = [axes.get_position() for axes in figure.axes]
    assert boxes[0].x0 < boxes[1].x0 < boxes[2].x0
    assert boxes[3].y1 < boxes[0].y0
    assert all(0 <= box.x0 and box.x1 <= 1 and 0 <= box.y0 and box.y1 <= 1 for box in boxes)


def test_an_empty_board_has_no_last_stone():
    (axes,) = boards_picture([board(stones=np.zeros((5, 5)), last=None)]).axes
    assert len(axes.patches) == 3
