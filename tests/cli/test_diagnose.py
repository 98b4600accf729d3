"""The verb diagnose: a table and a page for recipes and runs, reasons for other models."""

import json

from tests.apply.learned import classifier


def test_a_recipe(harmonium):
    text = harmonium("diagnose", "digits_mlp", "model.units=[64,12,9,10]", "--updates", 2).stdout
    lines = text.splitlines()
    assert lines[0].startswith("before training: loss ")
    assert lines[1].startswith("after 2 updates: loss ")
    assert [line.split()[:3] for line in lines[5:8]] == [
        ["h1", "12", "ReLU"],
        ["h2", "9", "ReLU"],
        ["outputs", "10", "linear"],
    ]
    assert lines[-1] == "diagnose/diagnose.html"
    again = harmonium("diagnose", "digits_mlp", "model.units=[64,12,9,10]", "--json")
    found = json.loads(again.stdout)
    assert found["looks"][0]["layers"][0]["units"] == 12
    assert found["looks"][0]["findings"] == []
    assert found["page"] == "diagnose/diagnose.html"


def test_findings_keep_the_exit_code(harmonium):
    units = "model.units=[64,20,20,20,20,20,10]"
    line = ("diagnose", "digits_mlp", units, "model.activation=logistic", "model.slope=0.1")
    result = harmonium(*line, "-o", "page")
    assert result.exit_code == 0
    assert "Remedy: " in harmonium(*line, "-o", "page", "--overwrite").stdout
    refused = harmonium(*line, "-o", "page")
    assert refused.exit_code == 2
    assert "--overwrite" in refused.stderr


def test_a_run_and_what_does_not_go_with_it(harmonium, refused):
    path = classifier().path
    found = json.loads(harmonium("diagnose", path, "--json").stdout)
    assert found["stage"] == "fine_tune"
    assert [look["name"] for look in found["looks"]] == ["before training", "at the end"]
    assert "is a run" in refused("diagnose", path, "seed=3")
    assert "is a run" in refused("diagnose", path, "--updates", 3)


def test_what_cannot_be_diagnosed(refused):
    assert "learns by gradient descent" in refused("diagnose", "digits_rbm")
    assert "has hidden layers" in refused("diagnose", "digits_perceptron")
    assert "no recipe 'digits_mpl'" in refused("diagnose", "digits_mpl")
    assert "--trial is for a run" in refused("diagnose", "digits_mlp", "--trial", 1)
