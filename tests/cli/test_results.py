"""Results in a terminal: in ASCII, with units; other results as they are."""

import json
import re

from harmonium.cli.results import results_side_by_side, results_table
from harmonium.runs import Run

METHODS = {"svc": {"accuracy": 0.9, "processor_s": 0.5}, "rbm": {"accuracy": 0.8, "rows": 50}}


def made(folder, results):
    run = Run.create(folder, "made", files={"recipe.resolved.yaml": "model: {type: rbm}\n"})
    (run.path / "results.json").write_text(json.dumps(results))
    return run


def test_methods_are_ranked_and_the_recipes_own_is_marked(tmp_path):
    text = results_table(made(tmp_path, {"trials": [{"methods": METHODS}]}))
    head, best, own, _, told, *_ = text.splitlines()
    assert text.isascii()
    assert head.split("  ")[0] == "method"
    assert re.split("  +", best) == ["support vector machine", "90.0 (78.6 to 95.7)", "0.5"]
    assert own.startswith("restricted Boltzmann machine (this recipe)  80.0 (67.0 to 88.8)")
    assert told.startswith("One trial, on 50 test rows; in brackets the 95 % interval")


def test_a_run_without_results_says_so(tmp_path):
    for results in ({}, {"trials": [{"seed": 0, "methods": {}}], "summary": {}}):
        assert results_table(made(tmp_path, results)).startswith("No results: the recipe has no")


def test_other_results_are_listed_as_they_are(tmp_path):
    runs = [made(tmp_path, {"mine": {"x": 1}}), made(tmp_path, {"mine": {"x": 2, "y": 3}})]
    assert results_table(runs[0]) == "mine.x: 1"
    rows = [line.split() for line in results_side_by_side(runs).splitlines()]
    assert rows[1:] == [["mine.x", "1", "2"], ["mine.y", "-", "3"]]


def test_runs_stand_side_by_side(tmp_path):
    runs = [made(tmp_path, {"trials": [{"methods": {m: METHODS[m]}}]}) for m in ("svc", "rbm")]
    head, *rows = results_side_by_side(runs).splitlines()
    assert head.split() == ["method", "result", *(run.path.name for run in runs)]
    assert rows[0].split()[-2:] == ["90.0", "-"]
    assert rows[1].split("  ")[0] == "restricted Boltzmann machine"
