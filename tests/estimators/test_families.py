"""From a name or an example to units; what a wrong value is told."""

from contextlib import nullcontext

import pytest
import torch

from harmonium import Bernoulli, Categorical, Gaussian, Rectified, Spin
from harmonium.estimators.families import (
    FAMILIES,
    check_spread,
    check_values,
    choose,
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("bernoulli", Bernoulli), ("gaussian", Gaussian), ("spin", Spin), ("rectified", Rectified)],
)
def test_by_name(name, kind):
    units = choose(name, 5)
    assert type(units) is kind
    assert units.shape == (5,)
    assert FAMILIES[name] is kind


@pytest.mark.parametrize(
    ("low", "high", "kind"),
    [(0.0, 1.0, Bernoulli), (0.2, 0.7, Bernoulli), (-0.01, 1.0, Gaussian), (0.0, 1.01, Gaussian)],
)
def test_auto_looks_at_the_range(low, high, kind):
    assert type(choose("auto", 2, example=torch.tensor([[low, high], [0.5, 0.5]]))) is kind


@pytest.mark.parametrize("name", ["binary", "auto", "Bernoulli"])
def test_an_unknown_name_is_told_the_known_ones(name):
    with pytest.raises(ValueError, match=rf"{name}.*choose from .*'bernoulli', 'gaussian'"):
        choose(name, 5)


def test_units_are_copied():
    mine = Categorical(2, 3)
    chosen = choose(mine, 6)
    assert type(chosen) is Categorical
    assert chosen.shape == (2, 3)
    with torch.no_grad():
        chosen.bias += 1
    assert not mine.bias.any()


def test_units_of_another_size_are_refused():
    with pytest.raises(ValueError, match="has 6 values, but 5 are needed"):
        choose(Categorical(2, 3), 5)


def test_values_outside_of_the_domain_are_refused():
    with pytest.raises(ValueError, match=r"-1 to 2.*\[0, 1\].*use Gaussian"):
        check_values(Bernoulli(2), torch.tensor([[-1.0, 2.0]]))


def test_values_are_checked_in_the_shape_of_the_units():
    units = Categorical(2, 3)
    check_values(units, torch.eye(3).repeat(1, 2))
    with pytest.raises(ValueError, match="one-hot"):
        check_values(units, torch.eye(6))


def test_values_far_from_standard_earn_a_warning():
    x = 1000 + torch.arange(20.0).reshape(10, 2)
    with pytest.warns(UserWarning, match="2 of 2 features .* StandardScaler"):
        check_values(Gaussian(2), x)
    check_values(Gaussian(2), (x - x.mean(0)) / x.std(0))  # warnings are errors here
    check_values(Rectified(2), x)


@pytest.mark.parametrize("units", [Gaussian(2), Rectified(2)])
def test_values_whose_squares_are_not_finite_are_refused(units):
    x = torch.rand(10, 2, dtype=torch.float64)
    x[3, 1] = 1e300
    with pytest.raises(ValueError, match=r"feature 1 reaches 1e\+300, .* standardise"):
        check_values(units, x)
    x[3, 1] = 1e150
    far = pytest.warns(UserWarning, match="far from mean 0")
    with far if isinstance(units, Gaussian) else nullcontext():
        check_values(units, x)


def test_one_row_has_no_variance():
    check_spread(Bernoulli(2), torch.zeros(1, 2))
    check_spread(Gaussian(2), torch.zeros(2, 2))
    with pytest.raises(ValueError, match="1 sample: Gaussian units learn a variance"):
        check_spread(Gaussian(2), torch.zeros(1, 2))
