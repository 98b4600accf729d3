import torch

from harmonium.data.go import Position, feature_planes, legal, play
from harmonium.data.go.planes import LEGAL, NAMES
from tests.data.go.test_rules import at, drawn, reference

POSITION = """
. O X . .
O X X . .
X X . X X
. . X O .
. . . X .
"""


def plane(planes, name):
    return planes[0, NAMES.index(name)].flatten()


def test_there_are_48_planes_and_a_49th_for_the_colour():
    assert len(NAMES) == 48
    position = drawn(POSITION, turn=-1)
    assert feature_planes(position).shape == (1, 48, 5, 5)
    black = feature_planes(drawn(POSITION), colour=True)
    assert torch.equal(black[:, :48], feature_planes(drawn(POSITION)))
    assert black[:, 48].min() == 1
    assert feature_planes(position, colour=True)[:, 48].max() == 0


def test_stones_are_seen_from_the_side_to_move():
    black, white = (feature_planes(drawn(POSITION, turn=t)) for t in (1, -1))
    assert torch.equal(plane(black, "stone 1"), plane(white, "stone 2"))
    assert torch.equal(plane(black, "stone 2"), plane(white, "stone 1"))
    assert plane(black, "stone 1")[at(1, 1)] == 1
    assert torch.equal(plane(black, "stone 3"), (drawn(POSITION).board[0] == 0).float())
    assert plane(black, "ones").min() == 1
    assert plane(black, "zeros").max() == 0


def test_captures_of_the_corner_and_of_a_stone_in_atari():
    planes = feature_planes(drawn(POSITION))
    assert plane(planes, "captures 3")[at(0, 0)] == 1  # both white stones: 2, counted from 0
    assert plane(planes, "captures 2")[at(3, 4)] == 1  # the white stone at (3, 3)
    assert plane(planes, "captures 1")[at(4, 0)] == 1
    white = feature_planes(drawn(POSITION, turn=-1))
    assert plane(white, "self-atari 2")[at(3, 4)] == 1  # two stones with one liberty
    assert plane(white, "liberties after 1")[at(3, 4)] == 1


def test_every_number_after_a_move_agrees_with_playing_it():
    source = torch.Generator().manual_seed(1)
    position = Position.empty(6, 7)
    for _ in range(26):
        allowed = legal(position)
        draws = torch.rand(allowed.shape, generator=source, dtype=torch.float32)
        position = play(position, draws.masked_fill(~allowed, -1).argmax(1))
    planes, allowed = feature_planes(position).flatten(2), legal(position)
    first = {
        name: NAMES.index(f"{name} 1") for name in ("captures", "self-atari", "liberties after")
    }
    for k in range(6):
        for move in range(49):
            found = {n: planes[k, i : i + 8, move] for n, i in first.items()}
            if not allowed[k, move]:
                assert all(part.sum() == 0 for part in found.values())
                continue
            _, taken, group, room = reference(
                position.board[k].tolist(), move, int(position.turn[k])
            )
            assert found["captures"].argmax() == min(len(taken), 7)
            assert found["liberties after"].argmax() == min(len(room), 8) - 1
            assert found["captures"].sum() == found["liberties after"].sum() == 1
            if len(room) == 1:
                assert found["self-atari"].argmax() == min(len(group), 8) - 1
            assert found["self-atari"].sum() == float(len(room) == 1)
    assert torch.equal(planes[:, LEGAL].amax(1) > 0, allowed)


def test_ages_and_liberties_are_one_hot():
    position = Position.empty(1, 5)
    for move in (0, 24, 12):
        position = play(position, torch.tensor([move]))
    planes = feature_planes(position)
    assert plane(planes, "turns since 1")[12] == 1
    assert plane(planes, "turns since 3")[0] == 1
    assert plane(planes, "liberties 4")[12] == 1
    assert plane(planes, "liberties 2")[0] == 1
    assert planes[0, NAMES.index("turns since 1") : NAMES.index("turns since 8") + 1].sum() == 3


def test_a_ko_point_and_an_own_eye_are_not_sensible():
    eye = drawn(
        """
        . X . . .
        X X . . .
        . . . . O
        . . . O .
        . . . . .
        """
    )
    sensible = plane(feature_planes(eye), "sensible")
    assert sensible[at(0, 0)] == 0  # legal, and fills the own eye
    assert legal(eye)[0, at(0, 0)]
    assert sensible[at(4, 4)] == 1
    ko = drawn("\n".join([". . . . ."] * 5), ko=7)
    assert plane(feature_planes(ko), "sensible")[7] == 0
