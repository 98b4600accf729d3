import json
import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
import torch

from harmonium.runs import Run
from harmonium.runs.directory import locked
from harmonium.training import train as from_python

RECIPE = """\
data: {source: digits, batch_transform: sampled}
model: {type: rbm, visible: 64, hidden: 5}
train: {type: energy, epochs: 2, batch_size: 100}
judge: [likelihood]
threads: 1
"""

NET = """\
data: {source: digits, labels: {per_class: 10}}
model: {type: belief_net, units: [64, 20]}
pretrain: {type: greedy, epochs: 1, batch_size: 100}
fine_tune: {type: classify, epochs: 20, batch_size: 50, optimiser: {type: adam, lr: 0.01}}
judge: [accuracy]
compare: [random_start, {type: logistic_regression, C: [1.0]}]
repeats: 2
threads: 1
"""


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "mine.yaml").write_text(RECIPE)
    return "mine.yaml"


def test_the_run_is_named_on_standard_output_and_progress_is_not(harmonium, recipe, tmp_path):
    result = harmonium("train", recipe)
    assert result.exit_code == 0, result.output
    path, _, head, *rest, _, page = result.stdout.splitlines()
    figures, told = rest[: rest.index("")], " ".join(rest[rest.index("") + 1 :])
    run = Run.open(tmp_path / path)
    assert run.status["status"] == "done"
    assert path.startswith("runs/mine/")
    expected = run.results["summary"]["rbm"]["log_likelihood"]["mean"]
    assert re.split("  +", head) == ["restricted Boltzmann machine", "value", "unit"]
    name, value, unit = re.split("  +", figures[0])
    assert (name, unit) == ("test log-likelihood", "nats per row")
    assert value.startswith(f"{expected:.2f} (")
    assert figures[1].startswith("processor time")
    assert told.startswith("One trial; in brackets the 95 % interval")
    assert page == f"{path}/report.html"
    assert result.stderr == "training, epoch 1 of 2\n"


def test_several_methods_have_a_line_each_the_best_first(harmonium, tmp_path):
    (tmp_path / "net.yaml").write_text(NET)
    result = harmonium("train", "net.yaml", "--quiet")
    assert result.exit_code == 0, result.output
    _, _, head, *rest, _, _ = result.stdout.splitlines()
    lines, told = rest[: rest.index("")], " ".join(rest[rest.index("") + 1 :])
    assert re.split("  +", head) == ["method", "test accuracy, %", "seconds"]
    rows = [re.split("  +", line) for line in lines]
    assert {row[0] for row in rows} == {
        "deep belief net (this recipe)",
        "same net, random start",
        "logistic regression",
    }
    for _, accuracy, seconds in rows:
        assert re.fullmatch(r"\d\d?\.\d \+- \d\d?\.\d", accuracy)
        assert float(seconds) > 0
    means = [float(row[1].split()[0]) for row in rows]
    assert means == sorted(means, reverse=True)
    assert told == (
        "Mean +- standard deviation of 2 trials, on 500 test rows. Best first. "
        "Seconds: processor time of one trial."
    )
    assert result.stderr == ""


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
    assert "no run to resume" in refused("train", recipe, "--resume", "auto")


def test_a_run_that_is_going_on_is_named(harmonium, refused, recipe, tmp_path):
    harmonium("train", recipe, "--fast-dev-run")
    (path,) = (tmp_path / "runs" / "mine").iterdir()
    Run.open(path).mark("running")
    with locked(path):
        said = refused("train", recipe, "--resume", "auto")
    assert f"{path.name} is still running" in said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ((), "give a recipe, or --resume RUN"),
        (("--resume", "auto"), "give a recipe, or --resume RUN"),
        (("--resume", "last", "--seed", "3"), "leave out seed=3"),
        (("mine.yaml", "--resume", "last"), "leave out mine.yaml"),
        (("--resume", "last", "--fast-dev-run"), "leave out --fast-dev-run"),
        (("--resume", "last", "--output", "there"), "leave out --output"),
        (("mine.yaml", "--dry-run", "--fast-dev-run"), "--dry-run trains nothing"),
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
    assert first == "training, epoch 1 of 100000\n"
    assert (it.returncode, out) == (130, "")
    (path,) = (tmp_path / "runs" / "mine").iterdir()
    assert rest.endswith(f"go on with `harmonium train --resume runs/mine/{path.name}`\n")
    assert Run.open(path).status["status"] == "interrupted"
    assert (path / "checkpoints" / "last.safetensors").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals of this kind")
def test_a_terminal_that_is_closed_does_not_end_a_run(recipe, harmonium, tmp_path):
    ours, theirs = os.openpty()
    line = [sys.executable, "-m", "harmonium", "train", recipe, "train.epochs=30"]
    with subprocess.Popen(line, stderr=theirs, stdout=subprocess.PIPE, text=True) as it:
        os.close(theirs)
        assert os.read(ours, 1)  # progress has begun
        os.close(ours)
        out, _ = it.communicate()
    assert it.returncode == 0
    path, *_, page = out.splitlines()
    assert Run.open(tmp_path / path).status["status"] == "done"
    assert page == f"{path}/report.html"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")
def test_a_log_on_a_full_disk_does_not_end_a_run(recipe, harmonium, tmp_path):
    line = [sys.executable, "-m", "harmonium", "train", recipe]
    with open("/dev/full", "w") as full:
        done = subprocess.run(line, stderr=full, stdout=subprocess.PIPE, text=True, check=False)
    assert Run.open(tmp_path / done.stdout.splitlines()[0]).status["status"] == "done"
