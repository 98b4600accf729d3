import pytest
import torch

from harmonium import SumPool
from harmonium.connections.sum_pool import Summed


def test_sums_of_blocks_and_copies():
    pool = SumPool((1, 2, 4), (1, 1, 2))
    x = torch.arange(8.0).reshape(1, 1, 2, 4)
    assert pool(x).tolist() == [[[[10.0, 18.0]]]]
    y = torch.tensor([[[[1.0, 2.0]]]])
    assert pool.adjoint(y).tolist() == [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]
    assert pool.energy(x, y).tolist() == [-46.0]
    assert not list(pool.parameters())


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="divided by pool"):
        SumPool((1, 3, 4), (1, 1, 2))


def test_as_a_layer_it_takes_flat_rows():
    layer = Summed((1, 2, 2), 2)
    assert layer(torch.ones(3, 4)).tolist() == [[4.0]] * 3
    assert Summed((1, 1, 1), 2, transposed=True)(torch.ones(1, 1)).tolist() == [[1.0] * 4]
