"""The tensor layer: without its tensor a dense layer, and with it a product of both parts."""

import torch

from harmonium.nets.trees.recursive import Layer
from harmonium.nets.trees.rntn import TensorLayer
from harmonium.random import seeded

SOURCE = torch.Generator().manual_seed(0)


def test_without_its_tensor_it_is_the_layer_of_the_recursive_net():
    with seeded(0):
        plain, made = Layer(4).double(), TensorLayer(4).double()
    with torch.no_grad():
        made.tensor.zero_()
        made.matrix.copy_(plain.matrix)
    both = torch.randn(6, 8, generator=SOURCE, dtype=torch.float64)
    assert torch.allclose(made(both), plain(both))


def test_one_child_can_turn_the_meaning_of_the_other():
    """h = tanh(l r): with l = -1 for "not" and +1 for "very", the sign of r turns, or stays."""
    with seeded(0):
        made = TensorLayer(1).double()
    with torch.no_grad():
        for p in made.parameters():
            p.zero_()
        made.tensor[0, 0, 1] = 1.0
    both = torch.tensor([[-1.0, 0.8], [1.0, 0.8], [-1.0, -0.8]], dtype=torch.float64)
    assert torch.allclose(made(both).flatten(), torch.tensor([-0.8, 0.8, 0.8]).double().tanh())
