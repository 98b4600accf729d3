"""Real processes, killed at moments that nobody chose, go on to the same run to the bit."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path

import pytest

from harmonium import Run, report
from harmonium.training import train
from tests.runs.small import outcome

ROOT = Path(__file__).resolve().parents[2]

RBM = {
    "name": "rbm",
    "data": {"source": "digits", "batch_transform": "sampled"},
    "model": {"type": "rbm", "visible": 64, "hidden": 200},
    "train": {"type": "energy", "epochs": 6, "batch_size": 20},
    "judge": [{"type": "likelihood", "betas": 20, "chains": 10, "reverse_sweeps": 5}],
    "checkpoint": {"every_updates": 3},
    "threads": 1,
    "track": ["csv"],
}
DBN = {
    "name": "dbn",
    "data": {"source": "digits", "labels": {"per_class": 10}, "validation": 0.2},
    "model": {"type": "belief_net", "units": [64, 100, 50], "std": 0.1},
    "pretrain": {"type": "greedy", "epochs": 2, "batch_size": 20},
    "fine_tune": {
        "type": "classify",
        "epochs": 40,
        "batch_size": 20,
        "early_stopping": {"monitor": "val/error", "patience": 30},
    },
    "judge": ["accuracy"],
    "checkpoint": {"every_updates": 3},
    "threads": 1,
}


AGENT = {
    "name": "agent",
    "data": {
        "source": {
            "type": "environment",
            "game": "catch",
            "frames": 4,
            "rows": 20,
            "settings": {"size": 5},
        }
    },
    "model": {
        "type": "action_values",
        "actions": 3,
        "net": {"type": "mlp", "units": [100, 16, 3]},
    },
    "train": {
        "type": "q_learning",
        "epochs": 6,
        "updates": 30,
        "steps": 4,
        "batch_size": 16,
        "memory": 300,
        "warm_up": 50,
        "exploration_steps": 300,
        "renewal": 20,
        "return_steps": 3,
        "trials": 2,
    },
    "judge": [{"type": "play", "episodes": 10, "exploration": 0.01}],
    "checkpoint": {"every_updates": 3},
    "threads": 1,
}
"""Plays as the recipe pong_dqn does, in a smaller world; its memory is overwritten twice."""

LANGUAGE = {
    "name": "language",
    "data": {"source": {"type": "characters", "train": "", "length": 20}, "validation": 0.1},
    "model": {
        "type": "language",
        "vocabulary": 26,
        "recurrent": {"type": "lstm", "inputs": 8, "hidden": 24},
        "dropout": 0.2,
    },
    "train": {"type": "language", "epochs": 12, "batch_size": 5, "average": 0.9},
    "judge": ["next_token"],
    "checkpoint": {"every_updates": 3},
    "threads": 1,
}
"""A text in parallel streams, whose hidden state is carried from batch to batch."""


def with_text(recipe, folder):
    """The recipe, reading a text that is written into the folder if it has none."""
    if recipe["model"]["type"] != "language":
        return recipe
    path = folder / "text.txt"
    chance = random.Random(0)
    words = ["the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "vex", "ditch"]
    path.write_text(" ".join(chance.choice(words) for _ in range(1500)))
    symbols = len(set(path.read_text()[: round(0.9 * len(path.read_text()))]))
    return {
        **recipe,
        "data": {**recipe["data"], "source": {**recipe["data"]["source"], "train": str(path)}},
        "model": {**recipe["model"], "vocabulary": symbols},
    }


@pytest.fixture(autouse=True)
def without_report(monkeypatch):
    """The page is drawn from a run that is over, and takes longer than all the rest."""
    monkeypatch.setattr(report, "write_run", lambda run, *, data: None)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes begin by fork")


def begun(call):
    """A process of its own that has torch already; its number."""
    number = os.fork()
    if number:
        return number
    try:
        call()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def end_of(number):
    """The signal that ended a process, or 0 where it was done."""
    _, status = os.waitpid(number, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status)
    assert os.WEXITSTATUS(status) == 0
    return 0


def directory(parent, name):
    """The run's directory, once it has a checkpoint."""
    for _ in range(60_000):
        for path in (parent / name).glob("*/checkpoints/last.safetensors"):
            return Run(path.parents[1])
        time.sleep(0.005)
    raise AssertionError("no checkpoint in five minutes")


def numbers(run):
    """The outcome without times."""
    found = outcome(run)
    found["results"] = re.sub(r'"processor_s": (\{[^}]*\}|[^,}]*)', "", json.dumps(run.results))
    return found


def killed_at_random(recipe, parent, *, kills, seed):
    """Killed at random moments; how often it was in the middle of something."""
    chance = random.Random(seed)
    number = begun(lambda: train(recipe, output=parent))
    run, done = directory(parent, recipe["name"]), 0
    while done < kills:
        place = run.path / "checkpoints" / "last.safetensors"
        time.sleep(chance.uniform(0, 0.1))
        os.kill(number, signal.SIGKILL)
        if end_of(number) == 0:
            return run, done
        assert run.status["status"] == "interrupted"
        done += 1
        before = place.stat().st_mtime_ns
        number = begun(lambda: train(resume=run.path))
        while (
            place.stat().st_mtime_ns == before
            and os.waitid(os.P_PID, number, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
        ):
            time.sleep(0.002)
    assert end_of(number) == 0
    return run, done


@needs_fork
@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "recipe", [RBM, DBN, LANGUAGE, AGENT], ids=["rbm", "dbn", "language", "agent"]
)
def test_killed_at_random_moments(recipe, kills, tmp_path):
    recipe = with_text(recipe, tmp_path)
    expected = train(recipe, output=tmp_path / "a")
    run, done = killed_at_random(recipe, tmp_path / "b", kills=kills, seed=kills)
    assert done >= kills / 2, "it was over too soon to be killed"
    assert numbers(run) == numbers(expected)


def ending(name, at):
    """Replaces a system call by one that kills the process the n-th time, before it is made."""
    real, calls = getattr(os, name), []

    def call(*args):
        calls.append(1)
        if len(calls) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args)

    setattr(os, name, call)


@needs_fork
@pytest.mark.parametrize(
    ("call", "at"), [("fsync", 14), ("fsync", 61), ("replace", 8), ("replace", 40)]
)
def test_killed_while_it_writes_a_file(call, at, tmp_path):
    expected = train(DBN, output=tmp_path / "a")

    def train_and_die():
        ending(call, at)
        train(DBN, output=tmp_path / "b")

    assert end_of(begun(train_and_die)) == signal.SIGKILL
    (path,) = (tmp_path / "b" / "dbn").iterdir()
    run = Run.open(path)
    left = [p for p in run.path.rglob(".*.*") if p.is_file()]
    assert left or call == "fsync", "killed with a file half-written beside its place"
    assert numbers(train(resume=run.path)) == numbers(expected)
    assert not any(path.exists() for path in left)


CODE = """
import json, sys
import harmonium.training
from harmonium.runs.signals import Interrupted
try:
    harmonium.training.train(json.loads(sys.argv[1]), output=sys.argv[2])
except Interrupted as stop:
    sys.stderr.write(str(stop))
    sys.exit(130)
"""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_save_and_say_how_to_go_on(number, tmp_path):
    recipe = {**DBN, "pretrain": {**DBN["pretrain"], "epochs": 4000}}
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", CODE, json.dumps(recipe), str(tmp_path)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        run = directory(tmp_path, "dbn")
        process.send_signal(number)
        _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert f"harmonium train --resume {run.path}" in errors
    assert run.status["status"] == "interrupted"
