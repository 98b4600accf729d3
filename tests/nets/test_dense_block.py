"""Dense blocks against their formula, their counts and their names."""

import pytest
import torch
from torch.nn import functional

from harmonium.nets.dense_block import DenseBlock, DenseLayer, Transition
from harmonium.nets.dropout import Dropout, set_source
from harmonium.random import seeded

X = torch.randn(2, 4, 6, 6, generator=torch.Generator().manual_seed(2))


def normed(state, name, x):
    """Rectified batch normalisation with the statistics of the batch."""
    mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), keepdim=True, unbiased=False)
    factor, offset = (state[f"{name}.{part}"][:, None, None] for part in ("weight", "bias"))
    return ((x - mean) / (var + 1e-5).sqrt() * factor + offset).relu()


def layer(state, name, x):
    x = functional.conv2d(normed(state, f"{name}norm1", x), state[f"{name}conv1.weight"])
    return functional.conv2d(
        normed(state, f"{name}norm2", x), state[f"{name}conv2.weight"], None, 1, 1
    )


def test_every_layer_reads_the_maps_of_all_layers_before_it():
    with seeded(0):
        block = DenseBlock(4, 3, growth_rate=2, bn_size=3)
    state = {name: value.clone() for name, value in block.state_dict().items()}
    maps = X
    for i in (1, 2, 3):
        maps = torch.cat([maps, layer(state, f"denselayer{i}.", maps)], 1)
    found = block(X)
    torch.testing.assert_close(found, maps)
    assert torch.equal(found[:, :4], X)


def test_parameters_have_the_names_of_public_checkpoints():
    names = [name for name, _ in DenseLayer(64, 32).named_parameters()]
    first, second = ([f"norm{k}.weight", f"norm{k}.bias", f"conv{k}.weight"] for k in (1, 2))
    assert names == first + second
    assert [n for n, _ in DenseBlock(8, 2).named_children()] == ["denselayer1", "denselayer2"]
    assert [n for n, _ in Transition(8).named_parameters()] == [
        "norm.weight",
        "norm.bias",
        "conv.weight",
    ]


@pytest.mark.parametrize("bottleneck", [4, None])
def test_the_counts_are_those_of_the_formula(bottleneck):
    channels, growth, layers = 16, 12, 5
    block = DenseBlock(channels, layers, growth_rate=growth, bn_size=bottleneck)
    expected = 0
    for i in range(layers):
        below = channels + i * growth
        if bottleneck is None:
            expected += 2 * below + 9 * below * growth
        else:
            inner = bottleneck * growth
            expected += 2 * below + below * inner + 2 * inner + 9 * inner * growth
    assert sum(p.numel() for p in block.parameters()) == expected


def test_a_transition_halves_maps_and_size():
    with seeded(0):
        part = Transition(4)
    state = {name: value.clone() for name, value in part.state_dict().items()}
    expected = functional.conv2d(normed(state, "norm", X), state["conv.weight"])
    torch.testing.assert_close(part(X), functional.avg_pool2d(expected, 2))
    assert Transition(4, 4)(X).shape == (2, 4, 3, 3)


def test_dropped_values_come_from_the_given_generator():
    block = DenseBlock(4, 2, growth_rate=2, drop_rate=0.5)
    assert sum(isinstance(part, Dropout) for part in block.modules()) == 2
    found = []
    for seed in (0, 0, 1):
        set_source(block, torch.Generator().manual_seed(seed))
        found.append(block(X))
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])
    assert block.state_dict().keys() == DenseBlock(4, 2, growth_rate=2).state_dict().keys()
