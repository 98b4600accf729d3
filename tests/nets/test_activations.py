"""Activation functions: their values and derivatives, and the spread of first weights."""

from typing import get_args

import pytest
import torch

from harmonium.nets.activations import Activation, activation, first_std

Z = torch.linspace(-3, 3, 13, dtype=torch.float64)
NAMES = get_args(Activation)


def slope_at(name, z, slope=None):
    z = torch.tensor([z], dtype=torch.float64, requires_grad=True)
    activation(name, slope)(z).sum().backward()
    return float(z.grad)


@pytest.mark.parametrize(
    ("name", "slope", "expected"),
    [
        ("logistic", 2.5, 1 / (1 + (-2.5 * Z).exp())),
        ("tanh", 0.5, (0.5 * Z).tanh()),
        ("softsign", 2.0, 2 * Z / (1 + (2 * Z).abs())),
        ("relu", None, Z.clamp(min=0)),
        ("leaky_relu", 0.2, torch.where(Z > 0, Z, 0.2 * Z)),
        ("elu", 2.0, torch.where(Z > 0, Z, 2 * Z.clamp(max=0).expm1())),
        ("gelu", None, Z * (1 + (Z / 2**0.5).erf()) / 2),
        ("identity", None, Z),
    ],
)
def test_the_values_are_the_formulas(name, slope, expected):
    torch.testing.assert_close(activation(name, slope)(Z), expected, rtol=0, atol=1e-12)


def test_the_slope_is_that_at_zero_or_below_it():
    assert slope_at("logistic", 0.0, 3.0) == pytest.approx(3 / 4)
    assert slope_at("tanh", 0.0, 3.0) == pytest.approx(3)
    assert slope_at("leaky_relu", -1.0, 0.3) == pytest.approx(0.3)


@pytest.mark.parametrize("name", ["relu", "gelu", "identity"])
def test_a_slope_is_refused_where_there_is_none(name):
    with pytest.raises(ValueError, match=f"slope: {name} has none"):
        activation(name, 0.5)


def test_the_values_at_five_points():
    z = torch.tensor([-2, -0.5, 0, 0.5, 2], dtype=torch.float64)
    expected = {
        "logistic": [0.119202922, 0.377540669, 0.5, 0.622459331, 0.880797078],
        "tanh": [-0.96402758, -0.462117157, 0, 0.462117157, 0.96402758],
        "softsign": [-2 / 3, -1 / 3, 0, 1 / 3, 2 / 3],
        "leaky_relu": [-0.02, -0.005, 0, 0.5, 2],
        "elu": [-0.864664717, -0.39346934, 0, 0.5, 2],
    }
    for name, values in expected.items():
        assert activation(name)(z).tolist() == pytest.approx(values, abs=1e-8)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="no function 'sine'; there are logistic, tanh, softsign"):
        activation("sine")


@pytest.mark.parametrize(
    "name", [n for n in NAMES if n not in ("gelu", "elu", "logistic", "softsign")]
)
def test_first_weights_keep_the_size_of_activities(name):
    """Through eight layers of 300 units, from rows of variance .1."""
    source = torch.Generator().manual_seed(0)
    h = 0.1**0.5 * torch.randn(200, 300, generator=source, dtype=torch.float64)
    for _ in range(8):
        std = first_std(name, shape=(300, 300))
        w = std * torch.randn(300, 300, generator=source, dtype=torch.float64)
        h = activation(name)(h @ w.mT)
    assert 0.02 < float(h.square().mean()) < 0.2


def test_a_steeper_function_takes_smaller_weights():
    for name in ("logistic", "tanh", "softsign"):
        wide, narrow = (first_std(name, a, shape=(9, 7)) for a in (1.0, 4.0))
        assert wide == pytest.approx(4 * narrow)
    assert first_std("leaky_relu", 1.0, shape=(9, 8)) == pytest.approx(8**-0.5)


def test_the_slope_of_elu_does_not_count_at_zero():
    assert first_std("elu", 2.0, shape=(9, 8)) == pytest.approx((2 / 8) ** 0.5)
