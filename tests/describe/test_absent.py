"""Data that are not here are said to be, without being read."""

from harmonium.describe import load
from harmonium.describe.absent import absent

LEARN = {
    "model": {"type": "rbm", "visible": 4, "hidden": 2},
    "train": {"type": "energy", "epochs": 1},
}


def test_files_that_are_not_here_are_named(tmp_path):
    source = {"type": "table", "train": str(tmp_path / "a.csv"), "test": str(tmp_path / "b.csv")}
    recipe = load({"data": {"source": source}, **LEARN})
    first, second = absent(recipe)
    assert first.startswith(f"data.source.train: {tmp_path / 'a.csv'}: there is no such file")
    assert second.startswith("data.source.test: ")
    (tmp_path / "a.csv").touch()
    (tmp_path / "b.csv").touch()
    assert absent(recipe) == []


def test_a_share_is_no_file(tmp_path):
    (tmp_path / "a.csv").touch()
    source = {"type": "table", "train": str(tmp_path / "a.csv"), "test": 0.2}
    assert absent(load({"data": {"source": source}, **LEARN})) == []


def test_known_sets_that_are_not_here_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr("harmonium.describe.absent.locate", lambda name: None)
    (said,) = absent(load({"data": {"source": "mnist"}, **LEARN}))
    assert said == "data.source: MNIST is not on this computer: harmonium data info mnist"
    monkeypatch.setattr("harmonium.describe.absent.locate", lambda name: "here")
    assert absent(load({"data": {"source": "mnist"}, **LEARN})) == []


def test_weights_that_a_net_starts_from_are_named(tmp_path):
    weights = {"type": "load", "file": str(tmp_path / "w.pth")}
    stages = [weights, {"type": "supervised", "epochs": 1}]
    model = {"type": "mlp", "units": [64, 10]}
    recipe = load({"data": {"source": "digits"}, "model": model, "stages": stages})
    (said,) = absent(recipe)
    assert said.startswith(f"load.file: {tmp_path / 'w.pth'}: there is no such file here")
    (tmp_path / "w.pth").touch()
    assert absent(recipe) == []
