"""Random features of extreme learning machines."""

import pytest
import torch

from harmonium.nets import ExtremeLearningMachine
from harmonium.random import seeded

X = torch.rand(5, 4, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(("name", "g"), [("tanh", torch.tanh), ("relu", torch.relu)])
def test_features_are_activations_of_random_sums(name, g):
    net = ExtremeLearningMachine([4, 6, 2], activation=name)
    torch.testing.assert_close(net.features(X), g(X @ net.hidden_weight.mT + net.hidden_bias))


def test_weights_have_the_scale_and_follow_the_seed():
    made = []
    for _ in range(2):
        with seeded(3):
            made.append(ExtremeLearningMachine([100, 400, 2], scale=3.0))
    assert torch.equal(made[0].hidden_weight, made[1].hidden_weight)
    assert float(made[0].hidden_weight.std()) == pytest.approx(0.3, rel=0.02)
    assert float(made[0].hidden_bias.std()) == pytest.approx(1, rel=0.1)
