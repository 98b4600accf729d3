"""Recipes that would fail at once in training are refused by their text alone."""

import subprocess
import sys

import pytest

from harmonium.describe import RecipeError, load

TABLE = {"type": "table", "train": "a.csv", "label": "kind"}
MLP = {"type": "mlp", "units": [4, 3, 10]}
VALUES = {"type": "mlp", "units": [4, 3, 1], "outputs": "values"}
LEARN = {"type": "supervised", "epochs": 1}
SQUARED = {**LEARN, "objective": "squared_error"}
AUTO = {"type": "autoencoder", "units": [4, 2]}
PERCEPTRON = {"type": "perceptron", "inputs": 4, "classes": 10}


def made(source, model, train=None, **more):
    train = {} if train is None else {"train": train}
    return {"data": {"source": source}, "model": model, **train, **more}


@pytest.mark.parametrize(
    "recipe",
    [
        made(TABLE, MLP, LEARN, judge=["accuracy"]),
        made({**TABLE, "label": None, "target": "y"}, VALUES, SQUARED, judge=["error"]),
        made("diabetes", {**VALUES, "units": [10, 1]}, SQUARED),
        made("digits", MLP, LEARN),
        made("digits", PERCEPTRON, {"type": "error_correction", "epochs": 1}),
        made("digits", AUTO, {"type": "reconstruction", "epochs": 1}, judge=["reconstruction"]),
        made({"type": "arrays", "train": "a.npz", "target": True}, VALUES, SQUARED),
        made({"type": "image_folder", "path": "a"}, MLP, LEARN),
        made(
            "digits",
            {"type": "rbm", "visible": 64, "hidden": 8},
            stages=[{"type": "energy", "epochs": 1}, "unroll", LEARN],
        ),
    ],
)
def test_what_fits_is_loaded(recipe):
    assert load(recipe)


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (made({**TABLE, "target": "y"}, MLP, LEARN), "data.source.target: is given beside label"),
        (made(TABLE, MLP, SQUARED), "train: the outputs of the model are classes, and the obj"),
        (
            made({**TABLE, "label": None, "target": "y"}, VALUES, LEARN),
            "train: the outputs of the model are values, and the objective cross_entropy compares",
        ),
        (made(TABLE, VALUES, SQUARED), "data.source: has no real targets.*outputs: classes"),
        (made({**TABLE, "label": None}, MLP, LEARN), "data.source: has no labels.*set `label`"),
        (made("frey_faces", VALUES, SQUARED), "data.source: has no real targets"),
        (
            made({**TABLE, "label": None, "target": "y"}, MLP, LEARN),
            "data.source: has no labels.*outputs: values with objective squared_error",
        ),
        (made("letters", MLP, LEARN), "model.units.2: is 10, but letters has 26 classes"),
        (
            made({**TABLE, "label": None, "target": ["a", "b"]}, VALUES, SQUARED),
            "model.units.2: is 1, but table has 2 targets: make it 2",
        ),
        (
            made("letters", PERCEPTRON, {"type": "error_correction", "epochs": 1}),
            "model.classes: is 10, but letters has 26 classes: make it 26",
        ),
        (made("digits", MLP, {"type": "error_correction", "epochs": 1}), "take type perceptron"),
        (made("digits", PERCEPTRON, LEARN), "train: supervised training needs a net of classes"),
        (made("digits", MLP, {"type": "energy", "epochs": 1}), "train: no model of this run is a"),
        (made("digits", MLP, LEARN, judge=["error"]), "judge.0: error: no model .* real values"),
        (made("digits", MLP, LEARN, judge=["likelihood"]), "judge.0: likelihood: no model"),
        (
            made("digits", {"type": "rbm", "visible": 64, "hidden": 8}, LEARN),
            "train: no model of this run is a net .* unroll a machine first",
        ),
    ],
)
def test_what_would_fail_at_once_is_refused(recipe, said):
    with pytest.raises(RecipeError, match=said):
        load(recipe)


def test_torch_is_not_imported():
    code = (
        "import sys; from harmonium.describe import load; "
        f"load({made('digits', MLP, LEARN)!r}); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
