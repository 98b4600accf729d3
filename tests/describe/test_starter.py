"""Recipes to start from."""

import numpy as np
import pytest
import torch
from PIL import Image

from harmonium.describe import build, load
from harmonium.describe.builtin import write_new
from harmonium.describe.read import parse
from harmonium.describe.starter import MODELS, starter, unsuited
from harmonium.describe.starter_data import DATA, source_of
from harmonium.stages.plan import plan

PAIRS = [
    (model, data)
    for model in MODELS
    for data in (*DATA, "digits", "diabetes")
    if unsuited(model, data, facts=source_of(data).facts) is None
]


@pytest.mark.parametrize(("model", "data"), PAIRS)
def test_every_starter_loads(model, data):
    text = starter(model=model, data=data, file="mine.yaml")
    recipe = load(parse(text).value)
    kinds = {"convnet": "net", "recurrent": "recurrent_temporal_rbm", "regressor": "mlp"}
    kinds |= {"rbm": "replicated_softmax"} if data == "text" else {}
    assert recipe.model.type == kinds.get(model, model)
    assert recipe.data.source.type == data
    assert text.startswith("# harmonium train mine.yaml\n")
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize(
    ("given", "said"), [({"model": "rmb"}, "'rbm'"), ({"data": "tabel"}, "'table'")]
)
def test_the_nearest_name_is_given(given, said):
    with pytest.raises(ValueError, match=f"did you mean {said}"):
        starter(**given)


def own_data(folder, rng):
    """Two classes of pictures, arrays and a table, where the starters expect them."""
    for name in ("cat", "dog"):
        (folder / "images" / name).mkdir(parents=True)
        for k in range(20):
            pixels = rng.integers(0, 256, (40, 30), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / "images" / name / f"{k}.png")
    x, y = rng.random((60, 28, 28), dtype=np.float32), np.arange(60) % 2
    np.savez(folder / "train.npz", x_train=x[:40], y_train=y[:40], x_test=x[40:], y_test=y[40:])
    for part in ("train", "test"):
        rows = rng.normal(size=(40, 10))
        lines = [",".join([*map(str, row), "ab"[k % 2]]) for k, row in enumerate(rows)]
        header = ",".join([*(f"f{k}" for k in range(10)), "class"])
        (folder / f"{part}.csv").write_text("\n".join([header, *lines]) + "\n")


@pytest.mark.parametrize("data", ["arrays", "digits", "image_folder", "table"])
def test_a_starter_fits_data_as_it_says(data, tmp_path):
    own_data(tmp_path, np.random.default_rng(0))
    path = write_new(tmp_path / "mine.yaml", starter(data=data))
    recipe = load(path)
    tasks = plan(recipe, build(recipe.data.source), device=torch.device("cpu"))
    assert [task.name for task in tasks][:3] == ["pretrain/0", "pretrain/1", "fine_tune"]


@pytest.mark.parametrize(
    ("model", "data"), [pair for pair in PAIRS if pair[0] in {"convnet", "mlp"}][:6]
)
def test_the_starter_of_a_classifier_fits_data_as_it_says(model, data, tmp_path):
    own_data(tmp_path, np.random.default_rng(0))
    recipe = load(write_new(tmp_path / "mine.yaml", starter(model=model, data=data)))
    tasks = plan(recipe, build(recipe.data.source), device=torch.device("cpu"))
    assert [task.name for task in tasks] == ["train", "judge", "compare/logistic_regression"]
    tasks[0].build().update()


@pytest.mark.parametrize("data", ["arrays", "table"])
def test_the_starter_of_a_regressor_fits_data_as_it_says(data, tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.random((60, 784), dtype=np.float32), rng.random(60)
    np.savez(tmp_path / "train.npz", x_train=x[:40], y_train=y[:40], x_test=x[40:], y_test=y[40:])
    for part in ("train", "test"):
        lines = [",".join(map(str, row)) for row in rng.normal(size=(40, 11))]
        header = ",".join([*(f"f{k}" for k in range(10)), "y"])
        (tmp_path / f"{part}.csv").write_text("\n".join([header, *lines]) + "\n")
    recipe = load(write_new(tmp_path / "mine.yaml", starter(model="regressor", data=data)))
    tasks = plan(recipe, build(recipe.data.source), device=torch.device("cpu"))
    assert [task.name for task in tasks] == ["train", "judge"]
    tasks[0].build().update()


@pytest.mark.parametrize("file", ["a\nb: 1.yaml", "caf\udce9.yaml", "a b; c.yaml", "{x}.yaml"])
def test_the_name_of_the_file_stays_in_its_comment(file):
    text = starter(file=file)
    assert text.splitlines()[1:] == starter(file="x").splitlines()[1:]
    text.encode()


def test_models_and_data_that_do_not_go_together_are_refused():
    with pytest.raises(ValueError, match="'table' hold rows of numbers, which convnet does not"):
        starter(model="convnet", data="table")
    with pytest.raises(ValueError, match="have no real targets.*take arrays or table"):
        starter(model="regressor", data="digits")
    with pytest.raises(ValueError, match="harmonium suggest newsgroups"):
        starter(model="rbm", data="newsgroups")


def test_which_pairs_go_together():
    assert {data for model, data in PAIRS if model == "convnet"} == {
        *("arrays", "digits", "image_folder")
    }
    assert {data for model, data in PAIRS if model == "regressor"} == {
        *("arrays", "diabetes", "table")
    }
    assert {model for model, data in PAIRS if data == "text"} == {"autoencoder", "rbm"}
