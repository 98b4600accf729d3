"""The embedding: its layers, its outputs, its file."""

import pytest
import torch

import harmonium as hm
from harmonium.errors import UsageError
from harmonium.nets import Embedding
from harmonium.random import seeded

X = torch.randn(5, 6, generator=torch.Generator().manual_seed(0))


def built(*args, **settings):
    with seeded(0):
        return Embedding(*args, **settings).eval()


def test_the_code_is_linear_and_the_last_layer():
    net = built([6, 4, 2], activation="tanh")
    layers = net.activities(X)
    assert [*layers] == ["h1", "code"]
    expected = layers["h1"] @ net.code.weight.mT + net.code.bias
    torch.testing.assert_close(net(X), expected)
    assert layers["code"].equal(net(X))
    assert net.output_kind == "codes"
    assert net.units == (6, 4, 2)
    torch.testing.assert_close(layers["h1"], (X @ net.h1.weight.mT + net.h1.bias).tanh())


def test_without_hidden_layers_it_is_a_linear_map():
    net = built([6, 3])
    torch.testing.assert_close(net(2 * X) - net.code.bias, 2 * (net(X) - net.code.bias))
    assert [*net.activities(X)] == ["code"]


def test_it_comes_back_from_its_file(tmp_path):
    net = built([6, 4, 2], dropout=[0.1, 0.5])
    hm.save(net, tmp_path / "net.safetensors")
    again = hm.load(tmp_path / "net.safetensors").eval()
    assert again.settings == net.settings
    assert again(X).equal(net(X))


def test_what_is_refused():
    with pytest.raises(UsageError, match="the size of the code"):
        built([6])
