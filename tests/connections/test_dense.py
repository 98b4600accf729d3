import pytest
import torch
from torch.testing import assert_close

from harmonium.connections import Dense
from harmonium.random import seeded


@pytest.fixture
def dense():
    made = Dense((2,), (3,))
    with torch.no_grad():
        made.weight.copy_(torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    return made


def test_the_energy_of_two_units(dense):
    x, y = torch.tensor([[1.0, 0.0], [1.0, 1.0]]), torch.tensor([[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    assert dense.energy(x, y).tolist() == [-5.0, -10.0]
    assert dense(x).tolist() == [[1, 3, 5], [3, 7, 11]]
    assert dense.adjoint(y).tolist() == [[5, 6], [4, 6]]


def test_weights_are_drawn_with_the_given_deviation():
    with seeded(0):
        weight = Dense((100,), (20, 50), std=0.3).weight.detach()
    assert weight.shape == (1000, 100)
    assert float(weight.std()) == pytest.approx(0.3, rel=0.02)
    assert abs(float(weight.mean())) < 5 * 0.3 / 1e5**0.5
    assert float(Dense((4,), (4,), std=0.0).weight.detach().abs().max()) == 0


def test_values_of_any_shape_are_flattened():
    dense = Dense((2, 3), (4, 1, 2), std=1.0)
    x, y = torch.ones(5, 2, 3), torch.ones(5, 4, 1, 2)
    assert dense(x).shape == y.shape
    assert dense.adjoint(y).shape == x.shape
    with torch.no_grad():
        assert_close(dense(x).flatten(1), dense.weight.sum(1).expand(5, 8))


def test_it_cannot_join_a_group_to_itself(dense):
    assert dense.blocks() is None


def test_the_layer_is_a_copy_of_its_type(dense):
    layer = dense.double().layer(transposed=True)
    assert (layer.in_features, layer.out_features) == (3, 2)
    assert layer.weight.dtype == torch.float64
    assert float(layer.bias.detach().abs().max()) == 0
    with torch.no_grad():
        layer.weight.zero_()
    assert float(dense.weight.detach().sum()) == 21
