"""``torchrun ... -m harmonium train``: two processes make one run, which goes on to the bit."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

import harmonium
from harmonium.runs import Run
from harmonium.runs.checkpoint import read

RECIPE = """
version: 1
name: pair
seed: 3
threads: 1
output: {output}
data: {{source: digits, batch_transform: sampled}}
model: {{type: rbm, visible: 64, hidden: 8}}
train:
  type: energy
  epochs: {epochs}
  batch_size: 50
  contrast: {{type: pcd, chains: 20}}
  optimiser: {{type: sgd, lr: 0.05}}
fine_tune: {{type: classify, epochs: 2, batch_size: 50, optimiser: {{type: adam, lr: 0.001}}}}
judge: [accuracy]
checkpoint: {{every_updates: 20, keep: 1}}
"""


def _started(*words: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    command += ["--nproc-per-node", "2", "-m", "harmonium", "train", *words]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def _recipe(folder: Path, *, epochs: int = 2) -> Path:
    place = folder / f"recipe{epochs}.yaml"
    place.write_text(RECIPE.format(output=folder / "runs", epochs=epochs))
    return place


def _only(folder: Path) -> Run:
    (path,) = (folder / "runs" / "pair").iterdir()
    return Run.open(path)


def _busy(folder: Path) -> Run:
    """The run, once it has saved."""
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if found := list((folder / "runs").glob("pair/*/checkpoints/last.safetensors")):
            return Run.open(found[0].parent.parent)
        time.sleep(0.05)
    raise AssertionError("no checkpoint within 90 s")


def _parameters(run: Run) -> list[torch.Tensor]:
    return [*run.machine().state_dict().values(), *run.net().state_dict().values()]


def test_a_run_of_two_processes_goes_on_to_the_bit(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir(), cut.mkdir()
    first = _started(str(_recipe(whole, epochs=40)))
    second = _started(str(_recipe(cut, epochs=40)))
    run = _busy(cut)
    second.send_signal(signal.SIGTERM)
    said, _ = second.communicate(timeout=120)
    assert second.returncode != 0
    assert run.status["status"] == "interrupted", said
    saved = read(run.path / "checkpoints" / "last.safetensors")
    assert saved["stage"]["source"].shape[0] == 2
    assert len(saved["stage"]["step"]["chains"]["v"]) == 20
    assert not torch.equal(*saved["stage"]["source"])
    again = _started("--resume", str(run.path))
    said, _ = again.communicate(timeout=120)
    assert again.returncode == 0, said
    assert said.count("report.html") == 1
    said, _ = first.communicate(timeout=120)
    assert first.returncode == 0, said
    assert _only(cut).status["status"] == "done"
    pairs = zip(_parameters(_only(whole)), _parameters(_only(cut)), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_a_killed_process_ends_the_run_and_one_process_can_go_on(tmp_path: Path) -> None:
    started = _started(str(_recipe(tmp_path, epochs=100)))
    run = _busy(tmp_path)
    table = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(started.pid)],
        capture_output=True,
        text=True,
        check=True,
    )
    workers = [int(pid) for pid in table.stdout.split()]
    (victim,) = [pid for pid in workers if pid != run.status["pid"] and _is_worker(pid)]
    os.kill(victim, signal.SIGKILL)
    said, _ = started.communicate(timeout=120)
    assert started.returncode != 0
    assert "has lost contact with the others" in said or "SIGKILL" in said
    assert run.status["status"] in ("failed", "interrupted")
    with pytest.warns(UserWarning, match="began with processes 2 and goes on with 1"):
        harmonium.train(resume=run.path)
    assert run.status["status"] == "done"
    assert run.results["summary"]


def _is_worker(pid: int) -> bool:
    return "harmonium" in Path(f"/proc/{pid}/cmdline").read_text()


@pytest.mark.parametrize("chains", [21])
def test_chains_that_cannot_be_shared_are_refused(chains: int, tmp_path: Path) -> None:
    started = _started(str(_recipe(tmp_path)), f"train.contrast.chains={chains}")
    said, _ = started.communicate(timeout=120)
    assert started.returncode != 0
    assert f"{chains} cannot be shared equally by 2 processes" in said
