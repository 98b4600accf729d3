"""The penalty of squared weights, biases left out."""

import pytest
import torch

from harmonium.learning.code_penalties.weights import Weights
from harmonium.nets import Autoencoder
from harmonium.random import seeded


def test_weights_of_both_layers_count_and_biases_do_not():
    with seeded(0):
        net = Autoencoder([5, 3])
    with torch.no_grad():
        net.encoder[0].bias.fill_(7)
    squares = sum(float(net.state_dict()[n].square().sum()) for n in net.state_dict() if
                  n.endswith("weight"))  # fmt: skip
    x = torch.zeros(2, 5, dtype=torch.float32)
    found = Weights(strength=0.1)(net, x, code=x)
    assert float(found.detach()) == pytest.approx(0.05 * squares, rel=1e-5)
    found.backward()
    weight = net.encoder[0].weight
    torch.testing.assert_close(weight.grad, 0.1 * weight.detach())
    assert net.encoder[0].bias.grad is None
