"""A message names the setting that the model has."""

import pytest

from harmonium.describe import load
from harmonium.describe.ends import first_setting, last_setting

ENDS = {
    "mlp": ({"units": [4, 2]}, "the first of the model's units", "the last of the model's units"),
    "perceptron": ({"inputs": 4, "classes": 2}, "the model's inputs", "the model's classes"),
    "rbm": ({"visible": 4, "hidden": 2}, "the model's visible", None),
    "classification_rbm": (
        {"visible": 4, "hidden": 2, "classes": 3},
        "the model's visible",
        "the model's classes",
    ),
    "belief_net": ({"units": [4, 2]}, "the first of the model's units", None),
}


@pytest.mark.parametrize("kind", ENDS)
def test_the_setting_is_one_of_the_model(kind):
    settings, first, last = ENDS[kind]
    train = {"pretrain": {"type": "greedy", "epochs": 1}}
    if kind in {"mlp", "perceptron", "classification_rbm"}:
        types = {"mlp": "supervised", "perceptron": "error_correction"}
        train = {"train": {"type": types.get(kind, "discriminative"), "epochs": 1}}
    source = {"type": "image_folder", "path": "a"}
    recipe = load({"data": {"source": source}, "model": {"type": kind, **settings}, **train})
    assert first_setting(recipe.model.settings) == first
    assert last is None or last_setting(recipe.model.settings) == last


def test_a_net_without_settings_has_sizes():
    assert last_setting({}) == "the last of the model's sizes"
