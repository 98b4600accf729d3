"""Spaces of settings."""

import pytest

from harmonium import describe
from harmonium.describe.builtin import find
from harmonium.describe.read import read_file
from harmonium.errors import UsageError
from harmonium.search.space import Space, overrides_of, read_space, ready


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3, "is no range"),
        ({"low": 1}, "give low and high"),
        ({"low": 2, "high": 1}, "low must be smaller"),
        ({"low": 0, "high": 1, "log": True}, "positive low"),
        ({"low": 1, "high": 2, "step": 0}, "step must be positive"),
        ({"low": "a", "high": 2}, "finite numbers"),
        ({"low": 1, "high": float("inf")}, "finite numbers"),
        ({"low": 1, "high": 2, "hi": 3}, "unknown 'hi'"),
        ({"choices": []}, "choices is a list"),
        ({"choices": [1, 1]}, "two choices are equal"),
        ({"choices": [1], "low": 1}, "stands alone"),
        ({"low": 1, "high": 2, "log": "yes"}, "true or false"),
    ],
)
def test_wrong_ranges_name_the_setting(given, message):
    with pytest.raises(UsageError, match=rf"space, train\.epochs: .*{message}"):
        Space({"train.epochs": given})


def test_forms_of_a_space(tmp_path):
    file = tmp_path / "space.yaml"
    file.write_text("train.epochs: [1, 2]\n")
    both = read_space([str(file), "train.batch_size={low: 10, high: 50, step: 10}"])
    assert both.ranges == {
        "train.epochs": {"choices": [1, 2]},
        "train.batch_size": {"low": 10, "high": 50, "step": 10},
    }
    assert read_space({"train.epochs": [1, 2]}).ranges == {"train.epochs": {"choices": [1, 2]}}


def test_choices_may_be_anything():
    space = Space({"model.units": {"choices": [[64, 10], [64, 100, 10]]}})
    (kind,) = space.distributions().values()
    assert space.values({"model.units": kind.choices[1]}) == {"model.units": [64, 100, 10]}


def test_layers_are_found_by_their_names():
    document = read_file(find("digits_convnet")).value
    assert overrides_of({"model.layers.conv2.out_channels": 8}, document) == [
        "model.layers.3.out_channels=8"
    ]
    with pytest.raises(UsageError, match="no layer 'conv9'; there are conv1, pool1"):
        overrides_of({"model.layers.conv9.out_channels": 8}, document)


RECIPES = {"convnet_choices": "digits_convnet", "mlp_training": "digits_mlp"}


@pytest.mark.parametrize("name", ready())
def test_ready_spaces_fit_their_recipes(name):
    recipe = RECIPES[name]
    document = read_file(find(recipe)).value
    space = read_space(name)
    for path in space.ranges:
        for value in space.some_values(path):
            describe.load(recipe, overrides_of({path: value}, document))
