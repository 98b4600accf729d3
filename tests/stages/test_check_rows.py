"""A recipe whose judges would find no rows is refused before anything is learnt."""

import json

import pytest
import torch

from harmonium import training
from harmonium.apply import summary
from harmonium.data import DataSet, Split
from harmonium.describe import load
from harmonium.stages.plan import check_rows

RECIPE = {
    "version": 1,
    "seed": 0,
    "model": {"type": "belief_net", "units": [2, 3]},
    "pretrain": {"type": "greedy", "epochs": 1},
    "fine_tune": {"type": "classify", "epochs": 1},
}
X, Y = torch.tensor([[0.0, 1.0]] * 4), torch.tensor([0, 1, 0, 1])


def recipe(**more):
    return load({**RECIPE, "data": {"source": "digits"}, **more})


@pytest.mark.parametrize(
    ("asked", "test", "message"),
    [
        ({"judge": ["accuracy"]}, None, "judge accuracy: toy has no test rows: set `test`"),
        ({"judge": ["likelihood"]}, None, "judge likelihood: toy has no test rows"),
        ({"judge": ["accuracy"]}, Split(X), "judge accuracy: toy has no labelled test rows"),
        ({"judge": ["accuracy"]}, Split(X, torch.full_like(Y, -1)), "has no labelled test rows"),
        ({"compare": ["svc"]}, Split(X), "compare svc: toy has no labelled test rows"),
    ],
)
def test_what_finds_no_rows_is_refused(asked, test, message):
    data = DataSet("toy", Split(X, Y), test=test, shape=(2,), classes=("a", "b"))
    with pytest.raises(ValueError, match=message):
        check_rows(recipe(**asked), data)
    check_rows(recipe(), data)


def test_a_likelihood_needs_no_labels():
    data = DataSet("toy", Split(X, Y), test=Split(X), shape=(2,), classes=("a", "b"))
    check_rows(recipe(judge=["likelihood"]), data)


@pytest.mark.parametrize("use", [training.dry_run, training.train, lambda r: summary(load(r))])
def test_every_use_of_a_recipe_sees_it_beforehand(use, tmp_path):
    table = tmp_path / "rows.csv"
    table.write_text("y,a,b\n" + "p,0,1\nq,1,0\n" * 10)
    source = {"type": "table", "train": str(table), "label": "y"}
    path = tmp_path / "recipe.json"
    asked = {"output": str(tmp_path / "runs"), "judge": ["accuracy"]}
    path.write_text(json.dumps({**RECIPE, **asked, "data": {"source": source}}))
    with pytest.raises(ValueError, match="judge accuracy: rows has no test rows"):
        use(path)
    assert sorted(tmp_path.iterdir()) == [path, table]
