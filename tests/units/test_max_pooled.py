import pytest
import torch
from torch.testing import assert_close

from harmonium import Bernoulli, Categorical, MaxPooled
from harmonium.random import generator
from harmonium.units.max_pooled import BlockSoftmax, blocks, unblocked


def test_blocks_are_cut_and_put_together_again():
    x = torch.arange(2 * 4 * 6.0).reshape(1, 2, 4, 6)
    cut = blocks(x, 2)
    assert cut.shape == (4, 1, 2, 2, 3)
    assert cut[:, 0, 0, 1, 2].tolist() == [16, 17, 22, 23]
    assert torch.equal(unblocked(cut, 2), x)


def test_a_block_is_a_categorical_unit_with_an_off_state():
    field = torch.randn(7, 1, 2, 2, generator=generator(1))
    one = Categorical(5)
    with_off = torch.cat([field.flatten(1), torch.zeros(7, 1)], 1)
    units = MaxPooled(1, 2, 2)
    assert_close(units.log_partition(field), one.log_partition(with_off))
    assert_close(units.mean(field).flatten(1), one.mean(with_off)[:, :4])


def test_blocks_of_one_unit_are_coins():
    field = torch.randn(7, 2, 3, 3, generator=generator(2))
    units, coins = MaxPooled(2, 3, 3, pool=1), Bernoulli(2, 3, 3)
    assert_close(units.log_partition(field), coins.log_partition(field))
    assert_close(units.mean(field), coins.mean(field))


def test_rounding_makes_no_pooling_unit_larger_than_one():
    x = torch.tensor([0.1, 0.2, 0.3, 0.4000001]).reshape(1, 1, 2, 2)
    assert float(x.sum()) > 1
    assert float(MaxPooled(1, 2, 2).pooled(x)) == 1


def test_no_block_has_two_units_on_and_pooling_units_are_sums():
    units = MaxPooled(3, 4, 4)
    drawn = units.sample(3 * torch.randn(500, 3, 4, 4, generator=generator(3)), generator(4))
    pooled = units.pooled(drawn)
    assert pooled.shape == (500, 3, 2, 2)
    assert sorted(pooled.unique().tolist()) == [0.0, 1.0]
    assert torch.equal(pooled, torch.nn.functional.max_pool2d(drawn, 2))


def test_maps_are_whole_numbers_of_blocks():
    with pytest.raises(
        ValueError, match=r"multiples of pool=2: change the pooling, or the kernel"
    ):
        MaxPooled(1, 3, 4)
    with pytest.raises(ValueError, match="give a whole number of at least 1"):
        MaxPooled(1, 2, 2, pool=0)


def test_two_units_of_a_block_are_refused_as_data():
    x = torch.ones(1, 1, 2, 2)
    with pytest.raises(ValueError, match="sum to 4 to 4"):
        MaxPooled(1, 2, 2).check(x)


def test_the_activation_leaves_room_for_off():
    assert_close(BlockSoftmax(2)(torch.zeros(1, 1, 2, 2)), torch.full((1, 1, 2, 2), 0.2))


def test_the_variance_is_the_diagonal_of_the_covariance():
    units = MaxPooled(2, 4, 4).double()
    field = torch.randn(3, 2, 4, 4, generator=generator(6), dtype=torch.float64)
    diagonal = units.covariance(field).diagonal(dim1=-2, dim2=-1).reshape(field.shape)
    assert_close(units.variance(field), diagonal)
