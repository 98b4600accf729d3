"""Mixed columns: the sum of the losses of its blocks, and rows in the range of the data."""

import pytest
import torch
from torch import nn

from harmonium.errors import UsageError
from harmonium.learning.objectives import Bernoulli, CrossEntropy, Mixed, SquaredError
from harmonium.learning.objectives.mixed import decoded_blocks

BLOCKS = [(2, "bernoulli"), (3, "cross_entropy"), (2, "cross_entropy"), (1, "squared_error")]
Z = torch.randn(5, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
CLASSES = torch.tensor([[0, 1], [2, 0], [1, 1], [1, 0], [0, 0]])
T = torch.cat(
    [
        torch.rand(5, 2, generator=torch.Generator().manual_seed(1), dtype=torch.float64),
        nn.functional.one_hot(CLASSES[:, 0], 3).double(),
        nn.functional.one_hot(CLASSES[:, 1], 2).double(),
        torch.randn(5, 1, generator=torch.Generator().manual_seed(2), dtype=torch.float64),
    ],
    1,
)


def of(objective, columns, target):
    return objective(nn.Identity(), {"x": Z[:, columns], "y": target})


def test_the_loss_is_the_sum_of_those_of_the_blocks():
    expected = (
        of(Bernoulli(), slice(0, 2), T[:, :2])
        + of(CrossEntropy(), slice(2, 5), CLASSES[:, 0])
        + of(CrossEntropy(), slice(5, 7), CLASSES[:, 1])
        + of(SquaredError(), slice(7, 8), T[:, 7:])
    )
    torch.testing.assert_close(Mixed(BLOCKS)(nn.Identity(), {"x": Z, "y": T}), expected)


def test_two_classes_side_by_side_are_two_blocks():
    rows = decoded_blocks(Z, Mixed(BLOCKS).kinds)
    torch.testing.assert_close(rows[:, 2:5].sum(1), torch.ones(5, dtype=torch.float64))
    torch.testing.assert_close(rows[:, 5:7].sum(1), torch.ones(5, dtype=torch.float64))
    torch.testing.assert_close(rows[:, :2], Z[:, :2].sigmoid())
    torch.testing.assert_close(rows[:, 7], Z[:, 7])


def test_the_net_keeps_the_blocks():
    net = nn.Identity()
    net.register_buffer("kinds", torch.zeros(8, dtype=torch.int64))
    Mixed(BLOCKS).prepare(net)
    assert torch.equal(net.kinds, Mixed(BLOCKS).kinds)
    with pytest.raises(UsageError, match="blocks have 2 columns, but the net has 8 outputs"):
        Mixed(BLOCKS[:1]).prepare(net)


@pytest.mark.parametrize("blocks", [[], [(2, "poisson")], [(0, "bernoulli")]])
def test_wrong_blocks_are_refused(blocks):
    with pytest.raises((UsageError, TypeError)):
        Mixed(blocks)
