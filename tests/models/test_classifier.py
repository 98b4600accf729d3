"""An ordinary net as a model."""

import torch
from safetensors import safe_open

from harmonium.models import Classifier
from harmonium.nets import MLP
from harmonium.random import seeded

X = torch.rand(5, 6, generator=torch.Generator().manual_seed(0))


def net():
    with seeded(0):
        return torch.nn.Sequential(
            torch.nn.Linear(6, 4), torch.nn.Sigmoid(), torch.nn.Linear(4, 3)
        )


def test_probabilities_sum_to_one_and_codes_are_what_the_output_reads():
    model = Classifier(net())
    torch.testing.assert_close(model.log_probs({"x": X}).exp(), model(X).softmax(1).detach())
    codes = model.codes({"x": X})["net"]
    torch.testing.assert_close(model.net[-1](codes).detach(), model(X).detach())


def test_filters_are_the_weights_of_a_dense_first_layer():
    model = Classifier(net())
    assert torch.equal(model.filters()["h1"], model.net[0].weight)
    conv = Classifier(torch.nn.Sequential(torch.nn.Conv1d(1, 2, 3), torch.nn.Linear(4, 3)))
    assert conv.filters() == {}


def test_what_is_saved_says_how_many_outputs_there_are(tmp_path):
    model = Classifier(net())
    model.save(tmp_path / "net.safetensors")
    with safe_open(tmp_path / "net.safetensors", framework="pt") as file:
        assert file.metadata()["outputs"] == "3"
        assert torch.equal(file.get_tensor("0.weight"), model.net[0].weight)
    other = Classifier(net())
    with torch.no_grad():
        other.net[0].weight.fill_(0)
    other.restore(model.saved())
    assert torch.equal(other.net[0].weight, model.net[0].weight)


def test_the_outline_has_a_row_for_each_layer():
    assert [row["parameters"] for row in Classifier(net()).outline()] == [28, 15]


def test_the_hidden_layers_of_an_mlp_have_names_of_their_own():
    model = Classifier(MLP([6, 4, 5, 3]))
    codes = model.codes({"x": X})
    assert {name: tuple(h.shape) for name, h in codes.items()} == {"h1": (5, 4), "h2": (5, 5)}
    torch.testing.assert_close(model.net.outputs(codes["h2"]).detach(), model(X).detach())
    assert torch.equal(model.decide({"x": X}), model(X).argmax(1))
