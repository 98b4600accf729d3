"""Diagnosis of recipes and runs: the figures of the net that the run trains."""

import shutil

import pytest
import torch

from harmonium.apply import diagnose_recipe, diagnose_run
from harmonium.apply.trained import Trained
from harmonium.describe import load, resolve
from harmonium.errors import UsageError
from harmonium.learning import cross_entropy
from harmonium.learning.flow import flow
from harmonium.runs import Run
from harmonium.training import train
from tests.apply.learned import bits, classifier

NET = {
    "name": "net",
    "seed": 3,
    "threads": 1,
    "data": {"source": "digits", "transforms": [{"type": "scale", "divide": 2}]},
    "model": {"type": "mlp", "units": [64, 20, 15, 10], "activation": "tanh"},
    "train": {"type": "supervised", "epochs": 2, "batch_size": 100, "schedules": []},
    "checkpoint": {"log_spaced": 3},
}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return train(NET, output=tmp_path_factory.mktemp("runs"))


def norms(look):
    return [layer.gradient for layer in look.flow.layers]


def test_the_looks_of_a_run_are_start_checkpoints_and_end(run):
    files = sorted(run.path.rglob("*"))
    made = diagnose_run(run)
    assert sorted(run.path.rglob("*")) == files
    assert [look.name for look in made.looks] == [
        "before training",
        "after 3 updates",
        "after 9 updates",
        "at the end",
    ]
    assert made.looks[-1].updates == 26
    assert made.stage == "train"
    used = Trained(run)
    data = used.dataset().train
    batch = {"x": used.rows(data.x), "y": data.labels}
    evenly = torch.arange(1000) * len(data) // 1000
    batch = {name: values[evenly] for name, values in batch.items()}
    net = used.models["machine"].net
    assert norms(made.looks[-1]) == pytest.approx(
        [layer.gradient for layer in flow(net, batch, objective=cross_entropy).layers], rel=1e-5
    )


def test_a_run_that_goes_on_is_diagnosed_at_its_checkpoints(run, tmp_path):
    place = tmp_path / "copy"
    shutil.copytree(run.path, place)
    shutil.rmtree(place / "models")
    made, whole = diagnose_run(Run.open(place)), diagnose_run(run)
    assert [look.updates for look in made.looks] == [0, 3, 9, 26]
    assert made.looks[-1].name == "after 26 updates"
    assert norms(made.looks[-1]) == pytest.approx(norms(whole.looks[-1]), rel=1e-6)
    assert made.looks[-1].flow.layers[0].update > 0


def test_a_recipe_is_the_start_of_its_run(run):
    made = diagnose_recipe(resolve(load(NET)), updates=3)
    through = diagnose_run(run)
    assert [look.name for look in made.looks] == ["before training", "after 3 updates"]
    for one, two in zip(made.looks, through.looks, strict=False):
        assert norms(one) == pytest.approx(norms(two), rel=1e-6)
    assert made.looks[1].flow.layers[0].update == pytest.approx(
        through.looks[1].flow.layers[0].update, rel=1e-5
    )


def test_the_page_and_its_pictures_are_written(run, tmp_path):
    made = diagnose_run(run)
    page, pictures = made.write(tmp_path / "new")
    assert page.read_text().count("<img") == len(pictures) >= 3
    with pytest.raises(FileExistsError, match="--overwrite"):
        made.write(tmp_path / "new", overwrite=False)
    document = made.document()
    assert document["looks"][0]["layers"][0]["units"] == 20
    head, rows = made.table()
    assert len(head) == len(rows[0])


def test_a_fine_tuned_net_starts_from_the_learned_machine():
    made = diagnose_run(classifier())
    start, end = made.looks[0], made.looks[-1]
    weight = classifier().machine().graphs[0].edges[0].connection.weight.detach()
    assert start.flow.layers[0].weight == pytest.approx(float(weight.norm()), rel=1e-5)
    assert end.flow.loss < start.flow.loss
    assert made.stage == "fine_tune"


def test_what_has_no_layers_of_a_net_is_refused_in_words(run):
    with pytest.raises(UsageError, match="is a net that learns by gradient descent"):
        diagnose_run(bits())
    flat = {**NET, "model": {"type": "mlp", "units": [64, 10]}}
    with pytest.raises(UsageError, match="single layer"):
        diagnose_recipe(resolve(load(flat)))
    with pytest.raises(UsageError, match="trial 1: the run has 1"):
        diagnose_run(run, trial=1)
