"""The recipes that come along."""

import os

import pytest
import torch

from harmonium.describe import build, load
from harmonium.describe.builtin import builtin, copy, find, find_recipe, folder, write_new
from harmonium.describe.starter import starter
from harmonium.stages.plan import plan


@pytest.mark.parametrize("name", [*builtin()])
def test_every_recipe_loads_and_opens_with_its_command(name):
    path = find(name)
    assert load(path).name == name
    lines = path.read_text().splitlines()
    assert lines[0] == f"# harmonium train recipes/{name}.yaml"
    assert builtin()[name] == lines[1].removeprefix("# ")
    assert builtin()[name].endswith(".")


def test_they_are_those_of_the_checkout():
    assert folder().name == "recipes"
    assert {path.stem for path in folder().glob("*.yaml")} == set(builtin())


def test_the_recipe_for_own_images_is_the_starter():
    text = find("own_images").read_text()
    assert text == starter(data="image_folder", file="recipes/own_images.yaml")


def test_a_copy_is_the_same_and_overwrites_nothing(tmp_path):
    made = copy("digits_rbm", tmp_path)
    assert made == tmp_path / "digits_rbm.yaml"
    assert made.read_bytes() == find("digits_rbm").read_bytes()
    made.write_text("mine")
    with pytest.raises(FileExistsError, match="is left as it is"):
        copy("digits_rbm.yaml", tmp_path)
    with pytest.raises(FileExistsError, match="is left as it is"):
        copy("digits_rbm", made)
    assert made.read_text() == "mine"
    assert copy("digits_rbm", tmp_path / "other.yaml").name == "other.yaml"


def test_nothing_is_made_that_was_not_asked_for(tmp_path):
    with pytest.raises(FileNotFoundError, match="make it first"):
        write_new(tmp_path / "no" / "r.yaml", "")
    with pytest.raises(FileNotFoundError, match="did you mean 'digits_rbm'"):
        copy("digits-rbm", tmp_path)
    assert list(tmp_path.iterdir()) == []


def planned(name):
    recipe = load(find(name), ["repeats=1"])
    tasks = plan(recipe, build(recipe.data.source), device=torch.device("cpu"))
    return [task.name for task in tasks]


@pytest.mark.parametrize("name", ["digits_dbm", "digits_dbn", "digits_rbm", "digits_gaussian_rbm"])
def test_recipes_fit_the_data_they_name(name):
    assert planned(name)[0] in ("pretrain/0", "train")
    assert "judge" in planned(name)


@pytest.mark.data
@pytest.mark.parametrize("name", ["mnist_dbm", "mnist_dbn", "mnist_few_labels", "mnist_rbm"])
def test_recipes_fit_mnist(name):
    assert planned(name)[0] in ("pretrain/0", "train")


def test_a_pipe_is_no_recipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="pipe: a pipe, and only regular files are read"):
        find_recipe(str(tmp_path / "pipe"))


def test_a_file_is_taken_before_a_built_in_recipe_of_the_same_name(tmp_path, monkeypatch):
    assert load("digits_rbm") == load(find("digits_rbm"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "digits_rbm").write_text("seed: 1\n")
    assert find_recipe("digits_rbm").resolve() == tmp_path / "digits_rbm"


def test_an_unknown_name_gives_the_nearest_one():
    with pytest.raises(FileNotFoundError, match="did you mean 'digits_rbm'"):
        load("digits_rbmm")
