"""A run is read by attribute, an old one too, and without torch."""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from harmonium import Run, exact, report
from harmonium.apply import encode
from harmonium.data.known import digits_set
from harmonium.random import generator
from harmonium.runs.directory import FORMAT, locked
from harmonium.sampling import log_z_along
from harmonium.training import train

OLD = Path(__file__).with_name("old_run_v1")
"""Written by the first version of the format; it must stay readable, and be gone on with."""

FREE = (68.5025, 52.9447, 53.7631, 61.9850, 56.9152)


def test_an_old_run_is_read():
    run = Run.open(OLD)
    assert run.status["status"] == "done"
    assert run.recipe["model"] == {"type": "rbm", "visible": 64, "hidden": 4, "std": 0.01}
    assert run.results["summary"]["rbm"]["log_likelihood"]["mean"] == pytest.approx(
        -27.2096, abs=1e-4
    )
    assert [(r["stage"], r["epoch"]) for r in run.metrics()] == [
        ("train", 1),
        ("train", 2),
        ("fine_tune", 1),
        ("fine_tune", 2),
    ]
    assert [(r.stage, r.epoch) for r in run.records()] == [("train", 1), ("fine_tune", 1)]
    assert run.records()[0].tensors()["filters"].shape == (4, 64)
    assert run.environment["seed"] == 0


def test_the_models_of_an_old_run_come_back():
    run = Run.open(OLD)
    x = torch.rand(5, 64, generator=torch.Generator().manual_seed(0))
    machine, net = run.machine(), run.net()
    free = machine.free_energy({"v": x}, ("h",))
    assert free.sum().item() == pytest.approx(sum(FREE), abs=1e-3)
    assert net(x).shape == (5, 10)
    assert run.transforms()["shape"].tolist() == [8, 8]


@pytest.mark.parametrize("name", ["step-000009", "step-000028", "last"])
def test_an_old_run_goes_on(name, tmp_path, monkeypatch):
    """To the bit only within one version: a rounding that differs flips a draw."""
    monkeypatch.setattr(report, "write_run", lambda run, *, data: None)
    old = Run.open(OLD)
    run = Run(Path(shutil.copytree(OLD, tmp_path / "old")))
    run.mark("interrupted")
    train(resume=run.path / "checkpoints" / f"{name}.safetensors")
    assert run.status["status"] == "done"
    before, after = (r.results["summary"]["rbm"]["log_likelihood"]["mean"] for r in (old, run))
    assert after == pytest.approx(before, abs=0.3)
    weights = [r.machine().connections["v-h"].weight for r in (old, run)]
    assert torch.allclose(*weights, atol=0.1)


def test_reading_needs_no_torch():
    code = f"""
import sys
from harmonium.runs import Run
run = Run.open({str(OLD)!r})
run.status, run.recipe, run.results, run.metrics(), run.records(), run.environment
print({{"torch", "numpy", "sklearn", "matplotlib"}} & set(sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.stdout == "set()\n", done.stderr


def test_no_run_is_ever_written_over(tmp_path):
    one = Run.create(tmp_path, "demo", files={"recipe.yaml": "a: 1"})
    other = Run.create(tmp_path, "demo")
    assert one.path != other.path
    assert (one.path / "recipe.yaml").read_text() == "a: 1"
    assert (other.recipe, other.results, other.metrics(), other.records()) == ({}, {}, [], [])


def test_a_run_that_was_killed_says_so(tmp_path):
    run = Run.create(tmp_path, "demo")
    assert run.status["status"] == "running", "this process may yet go on"
    written = json.loads((run.path / "status.json").read_text())
    for other in (
        {"process": "1-of-another-container"},
        {"process": f"{os.getpid()}-earlier", "pid": os.getpid()},
        {"process": "1-elsewhere", "host": "elsewhere", "pid": 1},
        {"process": None, "host": "elsewhere", "pid": os.getpid()},
    ):
        (run.path / "status.json").write_text(json.dumps({**written, **other}))
        assert run.status["status"] == "interrupted", other
        assert run.status["reason"] == "the process ended without a word"
        with locked(run.path):
            assert run.status["status"] == "running", other


def test_a_copy_of_a_run_says_how_to_go_on_with_the_copy(tmp_path):
    run = Run.create(tmp_path, "demo")
    run.mark("interrupted")
    copy = Run(Path(shutil.copytree(run.path, tmp_path / "copy")))
    assert str(copy.path) in copy.status["resume"]
    assert copy.identity == run.identity
    assert Run.create(tmp_path, "demo").identity != run.identity


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("environment.json", "[]"),
        ("environment.json", "{"),
        ("results.json", "5"),
        ("results.json", "[" * 100_000),
        ("recipe.resolved.yaml", "- a"),
        ("recipe.resolved.yaml", "a: [1"),
        ("recipe.resolved.yaml", "\x00"),
        ("metrics.jsonl", "5\n"),
        ("metrics.jsonl", "{}\n"),
    ],
)
def test_a_file_that_no_run_writes_is_named(file, text, tmp_path):
    run = Run.create(tmp_path, "demo")
    (run.path / file).write_text(text)
    read = {
        "environment.json": lambda: run.environment,
        "results.json": lambda: run.results,
        "recipe.resolved.yaml": lambda: run.recipe,
        "metrics.jsonl": run.metrics,
    }
    with pytest.raises(ValueError, match=file.replace(".", r"\.")):
        read[file]()


@pytest.mark.parametrize(
    "results",
    [{"trials": 5}, {"trials": [5]}, {"trials": [{}]}, {"trials": [{"methods": {"a": []}}]},
     {"trials": [{"methods": {"a": {"findings": [{"kind": 1}]}}}]}],
)  # fmt: skip
def test_results_that_no_run_writes_have_no_findings(results, tmp_path):
    run = Run.create(tmp_path, "demo")
    (run.path / "results.json").write_text(json.dumps(results))
    with pytest.raises(ValueError, match=r"results.json: not the results of a run"):
        run.findings()


def test_a_flipped_bit_in_a_stored_model_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "write_run", lambda run, *, data: None)
    recipe = {
        "threads": 1,
        "data": {"source": "digits"},
        "model": {"type": "rbm", "visible": 64, "hidden": 4},
        "train": {"type": "energy", "epochs": 1, "batch_size": 500},
        "fine_tune": {"type": "classify", "epochs": 1, "batch_size": 500},
    }
    run = train(recipe, output=tmp_path)
    read = {"machine": run.machine, "net": run.net, "transforms": run.transforms}
    for name, call in read.items():
        call()
        place = run.path / "models" / f"0-{name}.safetensors"
        raw = bytearray(place.read_bytes())
        raw[-3] ^= 1
        place.write_bytes(raw)
        with pytest.raises(ValueError, match=rf"0-{name}.safetensors: damaged: .*checksum"):
            call()
        raw[-3] ^= 1
        place.write_bytes(raw)


def test_the_start_stays_and_the_end_comes(tmp_path):
    run = Run.create(tmp_path, "demo")
    started = run.status["started"]
    assert run.status["ended"] is None
    run.mark("failed", reason="ValueError: no")
    assert run.status["started"] == started
    assert run.status["ended"] >= started
    assert run.status["reason"] == "ValueError: no"
    assert run.status["resume"] == f"harmonium train --resume {run.path}"


def test_what_is_no_run(tmp_path):
    with pytest.raises(FileNotFoundError, match="no run here"):
        Run.open(tmp_path)
    run = Run.create(tmp_path, "demo")
    with pytest.raises(FileNotFoundError, match="machine.safetensors: not there yet"):
        run.machine()
    status = json.loads((run.path / "status.json").read_text())
    (run.path / "status.json").write_text(json.dumps({**status, "format": FORMAT + 1}))
    with pytest.raises(ValueError, match=f"format {FORMAT + 1}, but .* up to {FORMAT}; upgrade"):
        Run.open(run.path)


def test_another_trial_is_asked_for():
    with pytest.raises(FileNotFoundError, match="there are 0-machine, 0-net, 0-transforms"):
        Run.open(OLD).net(trial=1)


def test_an_unrolled_autoencoder_comes_back_whole(tmp_path):
    recipe = {
        "threads": 1,
        "data": {"source": "digits"},
        "model": {"type": "belief_net", "units": [64, 12, {"type": "gaussian", "shape": 3}]},
        "stages": [
            {"type": "greedy", "epochs": 1},
            {"type": "unroll", "into": "autoencoder"},
            {"type": "reconstruction", "epochs": 2},
        ],
        "judge": ["reconstruction"],
    }
    run = train(recipe, output=tmp_path)
    net, test = run.net(), digits_set().test
    x = test.flattened().x[:]
    assert net.settings["units"] == [64, 12, 3]
    error = float((net.reconstruct(x) - x).detach().square().mean())
    found = run.results["summary"]["belief_net"]["reconstruction_error"]["mean"]
    assert error == pytest.approx(found, rel=1e-5)
    torch.testing.assert_close(torch.as_tensor(encode(run, test)), net.encode(x).detach())


def test_a_machine_along_its_training(tmp_path):
    """From the recipe's checkpoints to log Z of the last machine, from both sides."""
    recipe = {
        "threads": 1,
        "data": {"source": "digits", "batch_transform": "sampled"},
        "model": {"type": "rbm", "visible": 64, "hidden": 4},
        "train": {"type": "energy", "epochs": 10, "optimiser": {"type": "sgd", "lr": 0.5}},
        "checkpoint": {"log_spaced": 4},
    }
    run = train(recipe, output=tmp_path)
    graphs = run.trajectory()
    norms = [float(g.connections["v-h"].weight.norm().detach()) for g in graphs]
    assert len(graphs) == 4  # the last update's is the machine itself
    assert norms[-1] > 1.5 * norms[0]
    assert len(set(norms)) == len(norms)
    weight = run.machine().connections["v-h"].weight
    assert torch.equal(graphs[-1].connections["v-h"].weight, weight)
    found = log_z_along(graphs, chains=50, sweeps=20, source=generator(0))
    z = float(exact.log_partition(graphs[-1]))
    for side in (found.forward, found.reverse):
        assert float(side.log_z) == pytest.approx(z, abs=5 * float(side.stderr))
    with pytest.raises(FileNotFoundError, match="checkpoint.log_spaced=20"):
        run.trajectory(stage="pretrain/0")


def _patched(run, what, change):
    """A model file of the run with its tensors or its words changed."""
    path = run.path / "models" / f"0-{what}.safetensors"
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        about = dict(file.metadata() or {})
    change(tensors, about)
    save_file(tensors, path, about)


ODD = {
    "a number that is none": (lambda t, about: t["0.weight"].fill_(float("nan")), "0.weight are"),
    "no outputs": (lambda t, about: about.pop("outputs"), "no net of the machine beside it"),
    "odd outputs": (lambda t, about: about.update(outputs="ten"), "no net of the machine"),
    "many outputs": (lambda t, about: about.update(outputs="1" + "0" * 12), "no layer of 1000"),
    "a missing layer": (lambda t, about: t.pop("0.weight"), "no net of the machine beside it"),
}


@pytest.mark.parametrize("name", ODD)
def test_a_net_that_means_nothing_is_refused(tmp_path, name):
    change, message = ODD[name]
    run = Run(Path(shutil.copytree(OLD, tmp_path / "old")))
    _patched(run, "net", change)
    with pytest.raises(ValueError, match=f"0-net.safetensors: .*{message}"):
        run.net()


def test_transforms_that_mean_nothing_are_refused(tmp_path):
    run = Run(Path(shutil.copytree(OLD, tmp_path / "old")))
    _patched(run, "transforms", lambda t, about: t.update({"0.mean": torch.tensor([1e30])}))
    run.transforms()  # data may be large
    _patched(run, "transforms", lambda t, about: t["0.mean"].fill_(float("nan")))
    with pytest.raises(ValueError, match="1 of 1 values of 0.mean are not finite"):
        run.transforms()


@pytest.mark.parametrize("name", ["a b", "$(touch hit)", "it's", "a;b", "-o"])
def test_the_command_that_goes_on_is_one_argument_for_the_shell(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    run = Run.create(name, "demo")
    *words, place = shlex.split(run.status["resume"])
    assert words == ["harmonium", "train", "--resume"]
    assert Path(place) == run.path
    assert not place.startswith("-")


def test_a_place_may_be_text(tmp_path):
    run = Run.create(tmp_path, "mine")
    assert Run(str(run.path)) == run
