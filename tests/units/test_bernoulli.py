import pytest
import torch
from torch.testing import assert_close

from harmonium.random import generator
from harmonium.units import Bernoulli
from harmonium.units.bernoulli import bits


def test_log_prob_is_torchs():
    units, field = Bernoulli(3), torch.randn(5, 3, generator=generator(1))
    x = units.sample(field, generator(2))
    theirs = torch.distributions.Bernoulli(logits=field).log_prob(x).sum(1)
    assert_close(units.log_prob(x, field), theirs)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_huge_fields_neither_overflow_nor_lose_the_small_side(dtype):
    units = Bernoulli(1).to(dtype)
    field = torch.tensor([[-1e4], [-50.0], [50.0], [1e4]], dtype=dtype)
    small = torch.tensor(-50.0, dtype=dtype).exp()
    expected = torch.stack([torch.zeros_like(small), small, 50 + small, 1e4 + small])
    assert_close(units.log_partition(field), expected, rtol=1e-6, atol=0)
    assert torch.isfinite(units.mean(field)).all()


def test_a_field_of_zero_is_off():
    assert Bernoulli(2).mode(torch.tensor([[0.0, 1e-9]])).tolist() == [[0.0, 1.0]]


def test_bits_count_upwards():
    assert bits(2, torch.zeros(1)).tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert bits(3, torch.zeros(1, dtype=torch.float64)).dtype == torch.float64


def test_too_many_states_are_refused():
    units = Bernoulli(5, 5)
    assert units.count() == 2**25
    with pytest.raises(ValueError, match=r"25 binary units have 2\^25 states; at most 4194304"):
        units.states()


def test_a_constant_pixel_gets_no_infinite_bias():
    clipped = Bernoulli(3).start([torch.tensor([0.0, 0.5, 1.0])])["bias"]
    assert_close(clipped, torch.logit(torch.tensor([0.001, 0.5, 0.999])))


def test_grey_values_are_means():
    units = Bernoulli(2)
    assert units.check(torch.tensor([[0.0, 0.3], [1.0, 0.9]])) is None
    with pytest.raises(ValueError, match=r"values range from -0.42 to 2.8; .*use Gaussian units"):
        units.check(torch.tensor([[-0.42, 2.8]]))
