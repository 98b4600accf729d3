"""A run goes on as it began: what differs is named."""

import pytest

from harmonium.runs import Run
from harmonium.runs.identity import check_identity, differences, identity, read_recipe

RECIPE = """
seed: 1
threads: 1
precision: float32
output: runs
data: {source: {type: table, train: /a/b.csv, label: y, test: 0.3}}
train: {type: energy, epochs: 5, optimiser: {lr: 0.05}, penalties: [{type: l2, cost: 0.1}]}
track: []
"""


def edited(parent, *pair):
    run = Run.create(parent, "demo", files={"recipe.resolved.yaml": RECIPE})
    saved = identity(run)
    check_identity(run, saved, place=run.path / "last")
    place = run.path / "recipe.resolved.yaml"
    assert pair[0] in RECIPE
    place.write_text(RECIPE.replace(*pair))
    return run, saved


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ("lr: 0.05", "lr: 0.5", "train.optimiser.lr is 0.5, was 0.05"),
        ("epochs: 5", "epochs: 7", "train.epochs is 7, was 5"),
        ("seed: 1", "seed: 2", "seed is 2, was 1"),
        ("threads: 1", "threads: null", "threads is None, was 1"),
        ("threads: 1", "", "threads is not there, was 1"),
        ("threads: 1", "threads: 1\nrepeats: 2", "repeats is 2, was not there"),
        ("float32", "float64", "precision is float64, was float32"),
        ("cost: 0.1}", "cost: 0.1}, {type: l1}", "train.penalties is"),
        ("cost: 0.1", "cost: 0.2", "train.penalties.0.cost is 0.2, was 0.1"),
        ("test: 0.3", "test: 0.4", "data.source.test is 0.4, was 0.3"),
        ("type: table", "type: arrays", "data.source.type is arrays, was table"),
        ("epochs: 5", "epochs: true", "train.epochs is True, was 5"),
    ],
)
def test_an_edited_recipe_is_refused_by_name(was, now, words, tmp_path):
    run, saved = edited(tmp_path, was, now)
    with pytest.raises(ValueError, match=words) as failure:
        check_identity(run, saved, place=run.path / "last")
    assert "recipe.resolved.yaml: not the recipe that the run began with" in str(failure.value)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("/a/b.csv", "/moved/b.csv"),
        ("output: runs", "output: elsewhere"),
        ("track: []", "track: [csv]"),
        ("seed: 1", "seed:   1  # the first"),
    ],
)
def test_what_changes_nothing_may_be_edited(was, now, tmp_path):
    run, saved = edited(tmp_path, was, now)
    check_identity(run, saved, place=run.path / "last")


def test_another_runs_checkpoint_is_refused(tmp_path):
    run, other = Run.create(tmp_path, "demo"), Run.create(tmp_path, "demo")
    with pytest.raises(ValueError, match="last: a checkpoint of another run"):
        check_identity(run, identity(other), place=run.path / "last")
    with pytest.raises(ValueError, match="a checkpoint of another run"):
        check_identity(run, {}, place=run.path / "last")


def test_many_differences_are_counted():
    was, now = {str(n): 0 for n in range(9)}, {str(n): 1 for n in range(9)}
    assert len([*differences(was, now)]) == 9


@pytest.mark.parametrize("text", ["a: [", "- 1", "", "a: !!python/object:os.system {}", "\t:\n\t"])
def test_what_is_no_recipe_is_said(text, tmp_path):
    place = tmp_path / "recipe.resolved.yaml"
    place.write_text(text)
    with pytest.raises(ValueError, match=r"recipe.resolved.yaml: not a recipe"):
        read_recipe(place)
