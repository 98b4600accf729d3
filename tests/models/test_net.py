"""What the models of all nets do: sizes, checks, storage."""

import pytest
import torch
from torch import nn

from harmonium import load
from harmonium.models import adapted
from harmonium.models.net import first_filters
from harmonium.nets import MLP, Autoencoder, Deep, Perceptron

NETS = {
    "deep": lambda: Deep([6, 5, 3], norm="batch"),
    "mlp": lambda: MLP([6, 5, 3]),
    "regressor": lambda: MLP([6, 5, 2], outputs="values"),
    "perceptron": lambda: Perceptron(6, 3),
    "autoencoder": lambda: Autoencoder([6, 4, 2]),
}
SIZES = {
    "deep": (6, 5, 3),
    "mlp": (6, 5, 3),
    "regressor": (6, 5, 2),
    "perceptron": (6, 3),
    "autoencoder": (6, 4, 2),
}
X = torch.rand(5, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float32)


@pytest.mark.parametrize("name", NETS)
def test_sizes_and_outline_are_those_of_the_net(name):
    model = adapted(NETS[name]())
    assert model.sizes == SIZES[name]
    assert model.width == 6
    total = sum(p.numel() for p in model.parameters())
    assert sum(row["parameters"] for row in model.outline()) == total


def test_sizes_of_an_unrolled_net_are_those_of_its_layers():
    layers = [nn.Flatten(1), nn.Linear(6, 4, device="meta"), nn.ReLU()]
    model = adapted(nn.Sequential(*layers, nn.Linear(4, 2, device="meta")))
    assert model.sizes == (6, 4, 2)
    assert model.output_kind == "classes"


@pytest.mark.parametrize("name", NETS)
def test_the_file_is_a_whole_net(name, tmp_path):
    model = adapted(NETS[name]())
    model.save(tmp_path / "net.safetensors")
    back = adapted(load(tmp_path / "net.safetensors"))
    assert type(back) is type(model)
    assert torch.equal(back(X), model(X))


@pytest.mark.parametrize("name", NETS)
def test_saved_parameters_are_taken_back(name):
    model, other = (adapted(NETS[name]()) for _ in range(2))
    with torch.no_grad():
        for p in other.parameters():
            p.add_(1)
    assert not torch.equal(model(X), other(X))
    other.restore(model.saved())
    assert torch.equal(model(X), other(X))


def test_rows_of_another_width_are_refused():
    with pytest.raises(ValueError, match=r"rows of shape \(5, 6\), but the net reads 4 values"):
        adapted(MLP([4, 2])).check({"x": X})


def test_values_that_are_no_probabilities_are_refused():
    model = adapted(Autoencoder([6, 2]))
    model.check({"x": X})
    with pytest.raises(ValueError, match="outputs that are probabilities need"):
        model.check({"x": X - 0.5})
    adapted(Autoencoder([6, 2], outputs="values")).check({"x": X - 0.5})


def test_filters_are_weights_that_read_the_rows():
    net = MLP([6, 5, 3])
    assert torch.equal(first_filters(net)["h1"], net.h1.weight)
    assert first_filters(nn.Sequential(nn.ReLU())) == {}


def test_every_parameter_is_counted_once():
    """Also where a module has parameters of its own beside those of its parts."""
    net = Perceptron(4, 2)
    net.part = MLP([4, 3])
    rows = adapted(net).outline()
    assert sum(row["parameters"] for row in rows) == sum(p.numel() for p in net.parameters())
