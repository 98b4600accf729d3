import pytest
import torch
from torch.testing import assert_close

from harmonium.connections import Lateral


@pytest.fixture
def lateral():
    """J_10 = 1, J_20 = 2, J_21 = 3; on and above the diagonal stands rubbish."""
    made = Lateral((3,))
    with torch.no_grad():
        made.weight.copy_(torch.tensor([[9.0, 9.0, 9.0], [1.0, 9.0, 9.0], [2.0, 3.0, 9.0]]))
    return made


def test_only_the_part_below_the_diagonal_counts(lateral):
    symmetric = torch.tensor([[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 3.0, 0.0]])
    assert_close(lateral.matrix().detach(), symmetric)
    rows = torch.tensor([2, 0])
    assert_close(lateral.matrix(rows).detach(), symmetric[rows])


def test_each_pair_counts_once(lateral):
    x = torch.tensor([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [1.0, -1.0, 1.0], [0.0, 0.0, 1.0]])
    assert lateral.energy(x, x).tolist() == [-1.0, -6.0, 2.0, 0.0]


def test_an_optimiser_cannot_reach_the_rest(lateral):
    x = torch.ones(2, 3)
    lateral.energy(x, x).sum().backward()
    upper = torch.ones(3, 3).triu().bool()
    assert float(lateral.weight.grad[upper].abs().max()) == 0
    product = lateral.correlate(x, x, weights=torch.ones(2))["weight"]
    assert_close(product, torch.full((3, 3), 2.0).tril(-1))


def test_it_starts_with_an_empty_upper_half():
    weight = Lateral((2, 2), std=1.0).weight.detach()
    assert weight.shape == (4, 4)
    assert_close(weight, weight.tril(-1))
    assert float(weight.abs().max()) > 0


def test_one_unit_moves_at_a_time():
    assert [b.tolist() for b in Lateral((2, 2)).blocks()] == [[0], [1], [2], [3]]


def test_the_layer_has_the_whole_symmetric_matrix(lateral):
    for transposed in (False, True):
        assert_close(lateral.layer(transposed=transposed).weight, lateral.matrix())
