"""Learning from rows that stay in their file: the same run, to the bit, in little memory."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch

from harmonium import report
from harmonium.data import blocks
from harmonium.training import dry_run, train
from tests.runs.small import Killed, outcome

RECIPE = {
    "name": "stream",
    "threads": 1,
    "data": {
        "source": {"type": "arrays", "test": 0.1},
        "transforms": [{"type": "scale"}],
        "validation": 0.1,
        "labels": {"fraction": 0.5},
    },
    "model": {"type": "belief_net", "units": [12, 8, 5], "std": 0.1},
    "pretrain": {"type": "greedy", "epochs": 2, "batch_size": 20},
    "fine_tune": {"type": "classify", "epochs": 2, "batch_size": 20},
    "judge": ["accuracy", {"type": "likelihood", "betas": 20, "chains": 5, "reverse_sweeps": 5}],
    "compare": [{"type": "logistic_regression", "C": [1.0]}],
    "checkpoint": {"every_updates": 4},
}


@pytest.fixture(autouse=True)
def without_report(monkeypatch):
    """The page takes longer than all the rest; one test below has it."""
    with monkeypatch.context() as patch:
        patch.setattr(report, "write_run", lambda run, *, data: None)
        yield patch


@pytest.fixture
def folder(tmp_path):
    """300 rows of 12 grey values, in three classes."""
    draws = np.random.default_rng(0)
    y = draws.integers(0, 3, 300)
    x = draws.integers(0, 100, (300, 12)) + 50 * np.repeat(np.eye(3, dtype=int)[y], 4, axis=1)
    (tmp_path / "rows").mkdir()
    np.save(tmp_path / "rows" / "x.npy", x.astype(np.uint8))
    np.save(tmp_path / "rows" / "y.npy", y)
    return tmp_path


def trained(folder, *overrides, stream=True, **settings):
    source = [f"data.source.train={folder / 'rows'}", f"data.source.stream={str(stream).lower()}"]
    return train(RECIPE, *source, *overrides, output=folder / "runs", **settings)


def models(run):
    return {name: x for name, x in outcome(run).items() if name.startswith(("models", "records"))}


def in_small_blocks(monkeypatch):
    """Blocks of 5 rows, of which 4 are kept."""
    monkeypatch.setattr("harmonium.data.blocks.BLOCK", 60)
    monkeypatch.setattr(blocks, "WINDOW", 4 * 60)


@pytest.mark.parametrize("draw", ["null", "sampled"])
def test_an_rbm_learns_the_same_to_the_bit_while_a_window_holds_the_file(folder, draw):
    rbm = ["model={type: rbm, visible: 12, hidden: 8}", "pretrain=null", "compare=[]"]
    rbm += [f"data.batch_transform={draw}", "train={type: energy, epochs: 2, batch_size: 20}"]
    one, other = trained(folder, *rbm), trained(folder, *rbm, stream=False)
    assert models(one) == models(other)
    likelihoods = [run.results["summary"]["rbm"]["log_likelihood"]["mean"] for run in (one, other)]
    assert likelihoods[0] == pytest.approx(likelihoods[1], rel=1e-6)
    assert one.environment["data"] == other.environment["data"]


def test_a_deep_net_learns_the_same_but_for_rounding(folder):
    one, other = trained(folder), trained(folder, stream=False)
    for a, b in zip(one.machine().parameters(), other.machine().parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("at", [3, 17, 30, 58])
def test_killed_and_resumed(folder, monkeypatch, at):
    in_small_blocks(monkeypatch)
    whole, seen = trained(folder), []

    def watch(place):
        seen.append(place)
        if len(seen) == at:
            raise Killed

    with pytest.raises(Killed):
        trained(folder, "name=again", watch=watch)
    (path,) = (folder / "runs" / "again").iterdir()
    assert models(train(resume=path)) == models(whole)


def test_everything_around_a_run_takes_streamed_rows(folder, without_report):
    in_small_blocks(without_report)
    found = dry_run(RECIPE, f"data.source.train={folder / 'rows'}", "data.source.stream=true")
    assert [s["stage"] for s in found["stages"]][:3] == ["pretrain/0", "pretrain/1", "fine_tune"]
    without_report.undo()
    run = trained(
        folder, "data.transforms=[standardise]", "model.units.0={type: gaussian, shape: 12}"
    )
    page = (run.path / "report.html").read_text()
    for heading in ("The data", "Right and wrong"):
        assert heading in page


CHILD = """
import gc, json, sys, threading
from pathlib import Path
import torch
from harmonium.data import blocks, streamed
from harmonium.describe import build, load, resolve
from harmonium.stages.plan import plan

def anonymous():
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) / 1024

def peak(recipe):
    gc.collect()  # what the run before has left
    seen, over = [anonymous()], threading.Event()
    def look():
        while not over.wait(0.001):
            seen.append(anonymous())
    thread = threading.Thread(target=look)
    thread.start()
    recipe = resolve(load(recipe))
    for task in plan(recipe, build(recipe.data.source), device=torch.device("cpu")):
        stage = task.build()
        for _ in range(20):
            stage.update()
    over.set()
    thread.join()
    return max(seen)

blocks.BLOCK, blocks.WINDOW, streamed.PIECE = 2**16, 2**19, 2**16
print(json.dumps([peak(recipe) for recipe in json.loads(sys.argv[1])]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells how much memory a process has")
def test_memory_does_not_grow_with_the_file(tmp_path):
    def recipe(mb, *, stream):
        place = tmp_path / f"{mb}.npy"
        np.save(place, np.random.default_rng(0).integers(0, 255, (mb * 2**8, 2**12), np.uint8))
        return {
            "seed": 0,
            "threads": 1,
            "data": {
                "source": {"type": "arrays", "train": str(place), "stream": stream},
                "transforms": [{"type": "scale", "divide": 255}],
            },
            "model": {"type": "belief_net", "units": [2**12, 8, 8]},
            "pretrain": {"type": "greedy", "epochs": 9, "batch_size": 20},
        }

    recipes = [recipe(4, stream=True), recipe(32, stream=True), recipe(32, stream=False)]
    command = [sys.executable, "-c", CHILD, json.dumps(recipes)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    small, large, in_memory = json.loads(done.stdout)
    assert large - small < 14  # MB: half of what the file has grown by
    assert in_memory - large > 96  # each byte becomes four
