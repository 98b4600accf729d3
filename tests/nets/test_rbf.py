"""Distances to codes as outputs."""

import pytest
import torch

from harmonium.data.bitmaps import digit_codes
from harmonium.errors import UsageError
from harmonium.learning.objectives import CrossEntropy
from harmonium.nets.rbf import RBF


def test_logits_are_minus_squared_distances():
    x = torch.randn(4, 84, dtype=torch.float64)
    layer = RBF(84).double()
    assert torch.allclose(layer(x), -torch.cdist(x, digit_codes().double()).square())


def test_a_scale_softens_the_competition():
    x = torch.randn(4, 84, dtype=torch.float64)
    assert torch.allclose(RBF(84, scale=0.1).double()(x), 0.1 * RBF(84).double()(x))


def test_cross_entropy_is_the_loss_of_lenet_without_its_class_of_rubbish():
    x, y = torch.randn(5, 84, dtype=torch.float64), torch.tensor([0, 3, 9, 9, 4])
    layer = RBF(84).double()
    distances = torch.cdist(x, layer.codes).square()
    expected = distances.gather(1, y[:, None])[:, 0] + (-distances).logsumexp(1)
    assert torch.allclose(CrossEntropy()(layer, {"x": x, "y": y}), expected)


def test_codes_are_kept_but_not_learned():
    layer = RBF(2, [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    assert not [*layer.parameters()]
    assert layer.state_dict()["codes"].shape == (3, 2)
    assert layer(torch.tensor([[0.9, 0.1]])).argmax() == 0


def test_codes_of_another_size_are_refused():
    with pytest.raises(UsageError, match=r"codes of shape \(10, 84\), and .* has 80 values"):
        RBF(80)
