"""The eight lines of the guide."""

from pathlib import Path

import pytest

from harmonium.describe.builtin import builtin
from harmonium.describe.guide import GUIDE, suited, task_of
from harmonium.describe.starter import unsuited
from harmonium.describe.starter_data import DATA, Facts
from harmonium.describe.starter_models import MODELS


def test_the_lines_name_what_the_guide_names():
    named = {task: [*line.nets] for task, line in GUIDE.items()}
    assert named == {
        "patterns": ["rbm", "autoencoder"],
        "text": ["rntn", "language"],
        "characters": ["language"],
        "images": ["convnet", "belief_net"],
        "objects": ["convnet", "rntn"],
        "speech": ["recurrent"],
        "classification": ["mlp", "belief_net", "regressor"],
        "series": ["recurrent"],
    }


@pytest.mark.parametrize("task", [*GUIDE])
def test_nets_data_and_recipes_exist_and_suit_each_other(task):
    line = GUIDE[task]
    assert set(line.nets) <= set(MODELS)
    assert set(line.data) <= set(DATA)
    assert set(line.recipes) <= set(builtin())
    first, *_ = line.data
    assert any(unsuited(net, first, facts=DATA[first].facts) is None for net in line.nets)
    for net in line.nets:  # every net has some data of the line
        assert any(unsuited(net, kind, facts=DATA[kind].facts) is None for kind in line.data)


@pytest.mark.parametrize("kind", [*DATA])
def test_the_task_of_data_can_be_done_with_them(kind):
    task = task_of(kind, DATA[kind].facts)
    assert any(
        reason is None for reason in suited(GUIDE[task], kind, facts=DATA[kind].facts).values()
    )


def test_the_net_that_can_learn_comes_first():
    real = Facts("rows", "a.csv", (3,), targets=1, target="y")
    reasons = suited(GUIDE["classification"], "table", facts=real)
    assert [*reasons][0] == "regressor"
    assert reasons["regressor"] is None
    assert "have no classes" in reasons["mlp"]


def test_the_page_of_recipes_has_every_line():
    page = (Path(__file__).parents[2] / "docs" / "recipes.md").read_text()
    rows = page.rpartition("|---|---|---|\n")[2].partition("\n\n")[0].splitlines()
    assert [row.split("`")[1] for row in rows] == [*GUIDE]
    for row, line in zip(rows, GUIDE.values(), strict=True):
        _, nets, data = row.strip("|").split("|")
        assert [name for name in nets.split("`")[1::2] if name in MODELS] == [*line.nets]
        assert tuple(data.strip().split(", ")) == line.data
