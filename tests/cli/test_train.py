import json
import shutil
import signal
import subprocess
import sys

import pytest
import torch

from harmonium.runs import Run
from harmonium.training import train as from_python

RECIPE = """\
data: {source: digits, batch_transform: sampled}
model: {type: rbm, visible: 64, hidden: 5}
train: {type: energy, epochs: 2, batch_size: 100}
judge: [likelihood]
threads: 1
"""


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "mine.yaml").write_text(RECIPE)
    return "mine.yaml"


def test_the_run_is_named_on_standard_output_and_progress_is_not(harmonium, recipe, tmp_path):
    result = harmonium("train", recipe)
    assert result.exit_code == 0, result.output
    path, head, *figures, page = result.stdout.splitlines()
    run = Run.open(tmp_path / path)
    assert run.status["status"] == "done"
    assert path.startswith("runs/mine/")
    expected = run.results["summary"]["rbm"]["log_likelihood"]["mean"]
    assert head.split() == ["method", "figure", "mean", "s.d.", "trials"]
    row = ["rbm", "log_likelihood", f"{expected:.5g}", "-", "1"]
    assert row in [line.split() for line in figures]
    assert page == f"{path}/report.html"
    assert "trial 0, train, epoch 1 of 2" in result.stderr
    assert "\r" not in result.stderr


def test_it_learns_what_python_learns(harmonium, recipe, tmp_path):
    line = ("train", recipe, "train.epochs=1", "--seed", 3, "--device", "cpu", "--output", "o")
    found = json.loads(harmonium(*line, "--json").stdout)
    machine = Run.open(tmp_path / found["run"]).machine().state_dict()
    same = from_python(tmp_path / recipe, "train.epochs=1", "seed=3", output=tmp_path / "p")
    expected = same.machine().state_dict()
    assert all(torch.equal(machine[name], expected[name]) for name in expected)


def test_a_dry_run_writes_nothing(harmonium, recipe, tmp_path):
    result = harmonium("train", recipe, "--dry-run")
    assert result.exit_code == 0, result.output
    assert "nothing was written" in result.stdout
    assert [p.name for p in tmp_path.iterdir()] == ["mine.yaml"]
    found = json.loads(harmonium("train", recipe, "--dry-run", "--json").stdout)
    assert found["parameters"] == 64 + 5 + 64 * 5
    assert found["stages"][0] == {"stage": "train", "epochs": 2, "updates": 26}


def test_a_fast_run_goes_through_everything(harmonium, recipe):
    found = json.loads(harmonium("train", recipe, "--fast-dev-run", "--json").stdout)
    assert found["status"] == "done"
    assert "log_likelihood" in found["results"]["summary"]["rbm"]


def test_a_run_that_was_stopped_goes_on(harmonium, recipe, tmp_path):
    whole = json.loads(harmonium("train", recipe, "--json").stdout)["run"]
    stopped = tmp_path / "runs" / "mine" / "29990101-000000-ffff"
    shutil.copytree(tmp_path / whole, stopped)
    Run.open(stopped).mark("interrupted")
    result = harmonium("train", recipe, "--resume", "auto", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["run"] == "runs/mine/29990101-000000-ffff"
    assert Run.open(stopped).status["status"] == "done"
    again, expected = (Run.open(p).machine().state_dict() for p in (stopped, tmp_path / whole))
    assert all(torch.equal(again[name], expected[name]) for name in expected)


def test_what_is_done_is_not_resumed(harmonium, refused, recipe):
    harmonium("train", recipe, "--fast-dev-run")
    assert "this run is done" in refused("train", "--resume", "last")
    assert "no run to go on with" in refused("train", recipe, "--resume", "auto")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ((), "give a recipe, or --resume RUN"),
        (("--resume", "auto"), "give a recipe, or --resume RUN"),
        (("--resume", "last", "--seed", "3"), "leave out seed=3"),
        (("mine.yaml", "--resume", "last"), "leave out mine.yaml"),
        (("mine.yaml", "--device", "cuda:99"), "cuda"),
        (("mine.yaml", "--device", "gpu"), "device"),
        (("mine.yaml", "epochs"), "epochs"),
        (("mine.yaml", "train.epohcs=3"), "did you mean 'epochs'"),
        (("mien.yaml",), "mien.yaml: no such recipe file"),
        (("digits_rmb",), "did you mean 'digits_rbm'"),
    ],
)
def test_usage_that_makes_no_sense_is_refused(refused, recipe, line, message):
    assert message in refused("train", *line)


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to send to another process")
@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_asked_to_stop_says_how_to_go_on(recipe, harmonium, tmp_path, asked):
    line = [sys.executable, "-m", "harmonium", "train", recipe, "train.epochs=100000"]
    with subprocess.Popen(line, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as it:
        first = it.stderr.readline()  # the first update is done
        it.send_signal(asked)
        out, rest = it.communicate()
    assert first == "trial 0, train, epoch 1 of 100000\n"
    assert (it.returncode, out) == (130, "")
    (path,) = (tmp_path / "runs" / "mine").iterdir()
    assert rest.endswith(f"go on with `harmonium train --resume runs/mine/{path.name}`\n")
    assert Run.open(path).status["status"] == "interrupted"
    assert (path / "checkpoints" / "last.safetensors").is_file()
