"""Searches: resumed after a kill, failed attempts, the best recipe."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

import harmonium
from harmonium import describe
from harmonium.describe.problems import RecipeError
from harmonium.errors import UsageError
from harmonium.search import Study, search

RECIPE = """
version: 1
threads: 1
data: {source: digits, validation: 0.2}
model: {type: mlp, units: [64, 16, 10]}
train: {type: supervised, epochs: 2, batch_size: 100, optimiser: {type: adamw, lr: 1.0e-5}}
judge: [accuracy]
report: {samples: 0}
"""
SPACE = {"train.optimiser.lr": {"low": 1e-4, "high": 1e-1, "log": True}}


@pytest.fixture
def recipe(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search")
    path = folder / "small.yaml"
    path.write_text(RECIPE)
    lines = []
    space = {**SPACE, "model.units": {"choices": [[64, 16, 10], [63, 16, 10]]}}
    done = search(path, space, study=folder / "study", trials=4, figure="error", note=lines.append)
    return done, lines


def test_attempts_are_runs_and_failures_have_their_reason(found):
    done, lines = found
    attempts = done.study.attempts
    assert [a.number for a in attempts] == [0, 1, 2, 3, 4]
    for a in attempts:
        if a.values.get("model.units") == [63, 16, 10]:
            assert a.status == "failed"
            assert "reads 63 values" in a.reason
        else:
            run = harmonium.Run.open(done.study.path / a.run)
            assert run.status["status"] == "done"
            assert run.results["trials"][0]["methods"] == {}  # nobody looked at the test rows
            # the judge's figure is that of the last epoch's validation rows
            assert a.figure == pytest.approx(run.metrics()[-1]["val/error"], abs=1e-12)
    assert {a.status for a in attempts} == {"done", "failed"}
    assert len(lines) == 5


def test_the_best_recipe_loads_and_is_better(found):
    done, _ = found
    best, start = done.study.best, done.study.attempts[0]
    assert best.number > 0
    assert best.figure < start.figure
    recipe = describe.load(done.recipe)
    assert recipe.train.optimiser.settings["lr"] == best.values["train.optimiser.lr"]
    assert [judge.type for judge in recipe.judge] == ["accuracy"]
    page = done.page.read_text()
    assert "All attempts" in page
    assert "reads 63 values" in page


def test_a_killed_search_goes_on(tmp_path, recipe):
    study = tmp_path / "study"
    code = (
        "from harmonium.search import search\n"
        f"search({str(recipe)!r}, {SPACE!r}, study={str(study)!r}, trials=3, "
        "overrides=['train.epochs=3'])"
    )
    process = subprocess.Popen([sys.executable, "-c", code], env={**os.environ})
    second = study / "attempts" / "0002" / "attempt.json"
    while not second.exists() and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = Study.open(study).attempts
    assert [a.number for a in before] == [0, 1, 2]
    done = search(study=study, trials=3).study.attempts
    assert [a.number for a in done] == [0, 1, 2, 3]
    assert [a.values for a in done[:3]] == [a.values for a in before]
    assert {a.status for a in done} == {"done"}
    assert done[1] == before[1]  # finished attempts stay as they are
    for a in done:
        assert len([*(study / "attempts" / f"{a.number:04d}").glob("*/*/status.json")]) == 1


@pytest.mark.parametrize(
    ("change", "space", "message"),
    [
        (("validation: 0.2", ""), SPACE, "no validation rows"),
        (("judge: [accuracy]", ""), SPACE, "no judge"),
        (("", ""), {}, "no settings"),
    ],
)
def test_what_cannot_be_searched_is_refused(tmp_path, change, space, message):
    path = tmp_path / "small.yaml"
    path.write_text(RECIPE.replace(*change) if change[0] else RECIPE)
    with pytest.raises(UsageError, match=message):
        search(path, space, study=tmp_path / "study")
    assert not (tmp_path / "study").exists()


def test_unknown_settings_and_figures_are_refused(tmp_path, recipe):
    with pytest.raises(RecipeError, match="rate"):
        search(recipe, {"train.rate": {"low": 0.1, "high": 1.0}}, study=tmp_path / "a")
    with pytest.raises(UsageError, match="there are|not known|no figure"):
        search(recipe, SPACE, study=tmp_path / "b", figure="eror")
    assert not (tmp_path / "a").exists()


def test_what_was_written_is_plain(found):
    done, _ = found
    about = json.loads((done.study.path / "study.json").read_text())
    assert about["direction"] == "min"
    assert about["figure"] == "error"


@pytest.mark.slow
def test_the_search_ends_better_on_test_rows_than_its_start(tmp_path):
    short = ["train.epochs=3", "compare=[]"]
    study = tmp_path / "study"
    done = search("digits_mlp", "mlp_training", study=study, trials=3, overrides=short)
    start = harmonium.train("digits_mlp", *short, output=tmp_path / "runs")
    best = harmonium.train(done.recipe, output=tmp_path / "runs")
    before, after = (
        run.results["trials"][0]["methods"]["mlp"]["accuracy"] for run in (start, best)
    )
    print("accuracy on test rows: start, best", before, after)
    assert done.study.best.figure > done.study.attempts[0].figure
    assert after > before + 0.05  # measured .866 and .954
