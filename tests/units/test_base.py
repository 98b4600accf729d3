import copy

import pytest
import torch
from torch.testing import assert_close

from harmonium.units import Bernoulli, Categorical, Gaussian, Multinomial, Units
from harmonium.units.base import over_units, whole


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (-1,)])
def test_every_axis_needs_a_unit(shape):
    with pytest.raises(ValueError, match="give every axis at least one unit"):
        Bernoulli(*shape)


def test_a_family_must_answer_everything():
    with pytest.raises(TypeError, match="abstract"):
        Units(3)


def test_over_units_keeps_the_rows():
    assert_close(over_units(torch.ones(5, 2, 3)), torch.full((5,), 6.0))


def test_a_tied_bias_is_one_number_per_map():
    units = Bernoulli(4, 2, 3, tied=(1, 2))
    assert units.bias.shape == (4, 1, 1)
    with torch.no_grad():
        units.bias.copy_(torch.arange(4.0)[:, None, None])
    mean = units.mean(torch.zeros(1, 4, 2, 3))
    assert_close(mean, torch.sigmoid(torch.arange(4.0))[None, :, None, None].expand(1, 4, 2, 3))


def test_load_averages_over_tied_axes():
    units = Gaussian(2, 3, tied=(1,))
    units.load(
        bias=torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 6.0]]), log_precision=torch.ones(2, 3)
    )
    assert_close(units.bias.detach(), torch.tensor([[2.0], [2.0]]))
    assert_close(units.log_precision.detach(), torch.ones(2, 1))
    with pytest.raises(AttributeError, match="nothing"):
        units.load(nothing=torch.ones(2, 3))


def test_load_keeps_the_parameter_itself():
    units = Bernoulli(2)
    bias = units.bias
    units.load(bias=torch.tensor([1.0, -1.0]))
    assert units.bias is bias
    assert bias.requires_grad
    assert bias.tolist() == [1.0, -1.0]


def test_parts_share_their_parameters():
    whole = Gaussian(2, 3)
    part = whole.at(torch.tensor([5, 1]))
    assert part.shape == (2,)
    with torch.no_grad():
        whole.bias[1, 2] = 7.0
    assert float(part.natural()[0].detach()[0]) == 7.0
    part.mean(torch.zeros(1, 2)).sum().backward()
    assert_close(whole.bias.grad, torch.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))


def test_parts_of_one_hot_units_keep_their_states():
    part = Categorical(2, 2, 5).at(torch.tensor([3]))
    assert part.shape == (1, 5)
    assert part.count() == 5
    assert len(part.states()) == 5


def test_a_context_is_bound_to_a_copy():
    units = Multinomial(3)
    bound = units.given(torch.tensor([2, 5]))
    assert units.context is None
    assert bound.context.dtype == units.bias.dtype
    assert bound.bias is units.bias
    with pytest.raises(ValueError, match="Bernoulli units take no context"):
        Bernoulli(3).given(torch.tensor(2.0))


@pytest.mark.parametrize("units", [Bernoulli(3), Categorical(2, 3), Multinomial(3)])
def test_only_unbounded_units_have_a_precision(units):
    assert units.growth == "finite"
    assert units.precision() is None


def test_copies_are_apart():
    units = Gaussian(3)
    other = copy.deepcopy(units)
    other.absorb(torch.tensor(1.0))
    assert float(units.bias.detach().sum()) == 0.0
    assert float(other.bias.detach().sum()) == 3.0


def test_its_name_says_its_shape():
    assert repr(Categorical(5, 3)) == "Categorical(5, 3)"


@pytest.mark.parametrize("value", ["a", None, 2.5, 0, True, float("inf")])
def test_settings_that_are_no_whole_numbers_are_refused_in_words(value):
    with pytest.raises(ValueError, match="give a whole number of at least 1"):
        whole(value, "Binomial: trials")


def test_settings_may_be_whole_numbers_of_any_type():
    assert [whole(n, "total") for n in (3, 3.0, torch.tensor(3))] == [3, 3, 3]
