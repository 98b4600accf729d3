import pytest
import torch

from harmonium.errors import UsageError
from harmonium.nets import MLP, GoValue, Net
from harmonium.nets.go_symmetric import GoNet, turned

BOARDS = torch.arange(18, dtype=torch.float64).reshape(2, 1, 3, 3)


class Corner(GoNet):
    """The value of the first point of a board."""

    def seen(self, x, g):
        return turned(x, g)[:, 0, 0, 0]


def net(**settings):
    layers = ["flatten", {"type": "linear", "out_features": 1}]
    return Corner(Net([1, 3, 3], layers, outputs="values"), **settings).eval()


def test_the_eight_symmetries_are_all_there():
    seen = [turned(BOARDS, g) for g in range(8)]
    assert torch.equal(seen[0], BOARDS)
    different = {tuple(board.flatten().tolist()) for board in seen}
    assert len(different) == 8
    for board in seen:  # the middle and the set of corners stay
        assert torch.equal(board[..., 1, 1], BOARDS[..., 1, 1])
        corners = board[..., ::2, ::2].flatten(1).sort(1).values
        assert torch.equal(corners, BOARDS[..., ::2, ::2].flatten(1).sort(1).values)


def test_the_mean_is_that_of_the_four_corners():
    corners = BOARDS[:, 0, ::2, ::2].flatten(1)
    assert torch.equal(net(symmetric=True).averaged(BOARDS), corners.mean(1))
    assert torch.equal(net(symmetric=False).averaged(BOARDS), corners[:, 0])


def test_in_training_one_symmetry_is_drawn_for_a_batch():
    drawing = net(symmetric=True).train()
    drawing.source = torch.Generator().manual_seed(0)
    corners = BOARDS[:, 0, ::2, ::2].flatten(1)
    drawn = {tuple(drawing.averaged(BOARDS).tolist()) for _ in range(50)}
    assert drawn == {tuple(pair) for pair in corners.T.tolist()}


@pytest.mark.parametrize(
    ("shape", "fewest"), [((9,), 1), ((1, 3, 4), 1), ((2, 3, 3), 3)], ids=["flat", "oblong", "few"]
)
def test_nets_without_enough_planes_of_a_square_board_are_refused(shape, fewest, monkeypatch):
    monkeypatch.setattr(Corner, "fewest_planes", fewest)
    layers = ["flatten", {"type": "linear", "out_features": 1}]
    wrong = Net(shape, layers, outputs="values")
    with pytest.raises(UsageError, match=rf"needs \(planes, size, size\) .* {fewest} planes"):
        Corner(wrong, symmetric=True)
    with pytest.raises(UsageError, match="the net reads None"):
        GoValue(MLP([9, 1]))
