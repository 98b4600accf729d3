"""A run's data, read again: the rows that its stages saw, or a clear reason why not."""

import json

import pytest

from harmonium.describe import dump, load, resolve
from harmonium.report.prepared import prepared
from harmonium.runs import Run

RECIPE = {
    "name": "again",
    "data": {"source": {"type": "digits"}, "validation": 0.1, "labels": {"per_class": 5}},
    "model": {"type": "rbm", "visible": 64, "hidden": 4},
    "train": {"type": "energy", "epochs": 1},
}


@pytest.fixture
def run(tmp_path):
    text = dump(resolve(load(RECIPE)))
    environment = json.dumps({"seed": 0})
    files = {"recipe.resolved.yaml": text, "environment.json": environment}
    return Run.create(tmp_path, "again", files=files)


def test_splits_and_seen_labels_are_those_of_the_trial(run):
    first, second = prepared(run), prepared(run, trial=1)
    assert [len(s) for s in first.splits().values()] == [1167, 130, 500]
    assert int((first.train.y >= 0).sum()) == 50
    assert first.fingerprint() == prepared(run).fingerprint()
    assert first.fingerprint() != second.fingerprint()


def test_other_data_than_the_runs_are_refused(run):
    (run.path / "environment.json").write_text(json.dumps({"data": "ab" * 32}))
    with pytest.raises(ValueError, match="those of the run had abababababab"):
        prepared(run)
