import pytest
import torch
from torch.testing import assert_close

from harmonium.random import generator
from harmonium.units import Bernoulli, Spin


def test_spins_are_bits_of_twice_the_field():
    """x = 2 b - 1: A_spin(f) = A_bit(2 f) - sum f."""
    field = torch.randn(5, 3, generator=generator(1))
    spins, coins = Spin(3), Bernoulli(3)
    assert_close(spins.log_partition(field), coins.log_partition(2 * field) - field.sum(1))
    assert_close(spins.mean(field), 2 * coins.mean(2 * field) - 1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_huge_fields_do_not_overflow(dtype):
    field = torch.tensor([[-1e4], [-25.0], [25.0], [1e4]], dtype=dtype)
    assert_close(Spin(1).to(dtype).log_partition(field), field.abs()[:, 0])


def test_a_field_of_zero_is_up():
    assert Spin(3).mode(torch.tensor([[0.0, -1e-9, 2.0]])).tolist() == [[1.0, -1.0, 1.0]]


def test_draws_are_plus_or_minus_one():
    drawn = Spin(50).sample(torch.zeros(50, 50), generator(2))
    assert drawn.unique().tolist() == [-1.0, 1.0]


def test_states_are_sign_patterns():
    assert Spin(2, 1).states().tolist() == [[[-1], [-1]], [[-1], [1]], [[1], [-1]], [[1], [1]]]


def test_a_constant_spin_gets_no_infinite_bias():
    clipped = Spin(3).start([torch.tensor([-1.0, 0.0, 1.0])])["bias"]
    assert_close(clipped, torch.atanh(torch.tensor([-0.998, 0.0, 0.998])))


def test_bits_are_told_how_to_become_spins():
    with pytest.raises(ValueError, match=r"range from 0 to 255; .*map binary data by 2 x - 1"):
        Spin(2).check(torch.tensor([[0.0, 255.0]]))
