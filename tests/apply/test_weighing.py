"""What a checkpoint holds, and whether it fits a net."""

import pytest
import torch

from harmonium import load
from harmonium.apply import fitted, held, model_recipe, weighed
from harmonium.errors import DataError, UsageError
from harmonium.nets import MLP
from harmonium.random import seeded

OVERRIDES = ["model.units=[64,50,10]"]


@pytest.fixture
def path(tmp_path):
    with seeded(5):
        torch.save(MLP([64, 50, 10]).state_dict(), tmp_path / "w.pth")
    return tmp_path / "w.pth"


def test_the_content_is_listed(path):
    found = held(path)
    assert found["tensors"]["h1.weight"] == [50, 64]
    assert found["values"] == 64 * 50 + 50 + 500 + 10
    assert found["types"] == {"float32": 4}
    assert found["bytes"] == 4 * found["values"]


def test_a_recipe_tells_what_fits(path):
    recipe = model_recipe("digits_mlp", OVERRIDES)
    assert weighed(path, recipe)["fits"]
    other = weighed(path, model_recipe("digits_mlp", ["model.units=[64,50,7]"]))
    assert not other["fits"]
    assert other["reshaped"][0] == {"tensor": "outputs.weight", "file": [10, 50], "net": [7, 50]}
    left = weighed(
        path, model_recipe("digits_mlp", ["model.units=[64,50,7]"]), leave_out=["outputs"]
    )
    assert left["fits"]
    assert left["left_out"] == ["outputs.weight", "outputs.bias"]


def test_a_net_with_the_weights_is_written(path, tmp_path):
    recipe = model_recipe("digits_mlp", OVERRIDES)
    assert fitted(path, recipe, output=tmp_path / "net.safetensors")["fits"]
    net, known = load(tmp_path / "net.safetensors"), torch.load(path, weights_only=True)
    assert all(torch.equal(known[name], value) for name, value in net.state_dict().items())


def test_what_does_not_fit_is_not_written(path, tmp_path):
    with pytest.raises(DataError, match="not the weights of this net"):
        fitted(path, model_recipe("digits_mlp", ["model.units=[64,50,7]"]), output=tmp_path / "n")
    assert not (tmp_path / "n").exists()


def test_the_name_of_a_model_will_do():
    recipe = model_recipe("mlp", ["model.units=[4,3]"])
    assert recipe.model.type == "mlp"


def test_machines_are_refused(path):
    with pytest.raises(UsageError, match="EnergyGraph is no net"):
        weighed(path, model_recipe("digits_rbm"))
