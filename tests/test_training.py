"""From a recipe to a run: what is written, what is refused, what changes nothing."""

import contextlib
import json
import shutil
from pathlib import Path

import pytest
import torch

import harmonium
from harmonium import Run, report
from harmonium.runs.directory import locked
from harmonium.training import dry_run, train
from tests.runs.small import Killed, outcome

WRITE_RUN = report.write_run

RECIPE = {
    "name": "small",
    "data": {"source": "digits", "labels": {"per_class": 10}, "validation": 0.2},
    "model": {"type": "belief_net", "units": [64, 20, 10], "std": 0.1},
    "pretrain": {"type": "greedy", "epochs": 1, "layers": [{"epochs": 2}, {}]},
    "fine_tune": {"type": "classify", "epochs": 3, "batch_size": 20},
    "judge": ["accuracy"],
    "compare": ["logistic_regression"],
    "checkpoint": {"every_updates": 4},
}


def blank(run):
    (run.path / "report.html").write_text("")


@pytest.fixture(autouse=True, scope="module")
def without_report():
    """The page takes longer than all the rest; one test below has it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "write_run", lambda run, *, data: blank(run))
        yield


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return train(RECIPE, output=tmp_path_factory.mktemp("runs"))


def tensors(run):
    found = outcome(run)
    return {name: value for name, value in found.items() if name.startswith(("models", "records"))}


def test_what_a_run_leaves(run):
    assert run.status["status"] == "done"
    names = {p.name for p in run.path.iterdir()}
    assert {"recipe.yaml", "recipe.resolved.yaml", "command.txt", "environment.json"} <= names
    assert {"metrics.jsonl", "results.json", "checkpoints", "models", "records"} <= names
    assert json.loads((run.path / "recipe.yaml").read_text()) == RECIPE
    assert run.recipe["fine_tune"]["epochs"] == 3
    assert run.recipe["seed"] == 0
    stages = list(dict.fromkeys(row["stage"] for row in run.metrics()))
    assert stages == ["pretrain/0", "pretrain/1", "fine_tune"]
    assert [r["epoch"] for r in run.metrics()] == [1, 2, 1, 1, 2, 3]
    environment = run.environment
    assert environment["harmonium"] == harmonium.__version__
    assert environment["torch"] == torch.__version__
    assert len(environment["data"]) == 64


def test_results_give_each_trial_and_the_spread(tmp_path):
    run = train(RECIPE, "repeats=2", "seed=5", "compare=[]", output=tmp_path)
    trials = run.results["trials"]
    assert [t["seed"] for t in trials] == [5, 6]
    found = [t["methods"]["belief_net"]["accuracy"] for t in trials]
    summary = run.results["summary"]["belief_net"]["accuracy"]
    assert summary["n"] == 2
    assert summary["mean"] == pytest.approx(sum(found) / 2)
    assert summary["sd"] == pytest.approx(abs(found[0] - found[1]) / 2**0.5)
    alone = train(RECIPE, "seed=6", "compare=[]", output=tmp_path)
    assert alone.results["trials"][0]["methods"]["belief_net"]["accuracy"] == found[1]


def test_the_same_recipe_gives_the_same_run_to_the_bit(run, tmp_path):
    again = train(RECIPE, output=tmp_path)
    assert again.path != run.path
    assert tensors(again) == tensors(run)
    other = train(RECIPE, "seed=1", output=tmp_path)
    assert tensors(other) != tensors(run)


def test_trackers_and_reports_change_nothing(run, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(report, "write_run", WRITE_RUN)
        tracked = train(RECIPE, "track=[csv]", "checkpoint.log_spaced=4", output=tmp_path)
    assert (tracked.path / "report.html").is_file()
    assert (tracked.path / "metrics.csv").is_file()
    assert tensors(tracked) == tensors(run)


@pytest.mark.parametrize("at", [1, 9, 30, 43])
def test_killed_and_resumed(at, run, tmp_path):
    seen = []

    def watch(place):
        seen.append(place)
        if len(seen) == at:
            raise Killed

    with pytest.raises(Killed):
        train(RECIPE, output=tmp_path, watch=watch)
    (path,) = (tmp_path / "small").iterdir()
    again = train(resume=path)
    assert again.path == path
    assert tensors(again) == tensors(run)
    for found in (again.results, run.results):
        assert found["trials"][0]["methods"]["belief_net"]["accuracy"] > 0
    assert (
        again.results["summary"]["belief_net"]["accuracy"]
        == (run.results["summary"]["belief_net"]["accuracy"])
    )


def test_killed_while_the_report_is_made(run, tmp_path, monkeypatch):
    def killed(run, *, data):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(report, "write_run", killed)
        with pytest.raises(Killed):
            train(RECIPE, output=tmp_path)
    (path,) = (tmp_path / "small").iterdir()
    assert not (path / "report.html").exists()
    again = train(resume=path)
    assert (path / "report.html").is_file()
    assert tensors(again) == tensors(run)


def test_models_come_back(run):
    x = harmonium.data.digits().test
    net, machine = run.net(), run.machine()
    accuracy = float((net(x).argmax(1) == harmonium.data.digits().test_labels).double().mean())
    assert accuracy == run.results["summary"]["belief_net"]["accuracy"]["mean"]
    assert [len(h[0]) for h in machine.recognise(x)] == [20, 10]


def test_a_run_that_is_done_is_not_resumed(run):
    with pytest.raises(ValueError, match=r"this run is done.*harmonium train .*resolved\.yaml"):
        train(resume=run.path)


def stopped(parent, **settings):
    def watch(place):
        if place["stage"] == "fine_tune":
            raise Killed

    with pytest.raises(Killed):
        train(RECIPE, output=parent, watch=watch, **settings)
    (path,) = (parent / "small").iterdir()
    return Run(path)


def test_other_data_are_refused(tmp_path):
    run = stopped(tmp_path)
    path = run.path / "environment.json"
    environment = {**run.environment, "data": "0" * 64}
    path.write_text(json.dumps(environment))
    with pytest.raises(ValueError, match=r"not those that the run began with \(fingerprint 000"):
        train(resume=run.path)


def test_a_run_that_is_worked_on_is_refused(tmp_path):
    run = stopped(tmp_path)
    with locked(run.path), pytest.raises(harmonium.runs.Locked, match="works on this run"):
        train(resume=run.path)


def test_a_run_goes_on_as_it_began(tmp_path):
    run = stopped(tmp_path)
    with pytest.raises(ValueError, match="give resume alone"):
        train(RECIPE, resume=run.path)
    with pytest.raises(ValueError, match="give a recipe, or a run to resume"):
        train()


def test_a_quick_run_goes_through_everything_and_can_be_resumed(tmp_path):
    run = train(RECIPE, fast_dev_run=True, output=tmp_path)
    stages = [row["stage"] for row in run.metrics()]
    assert stages == ["pretrain/0", "pretrain/1", "fine_tune"]
    assert set(run.results["summary"]) == {"belief_net", "logistic_regression"}
    assert all(row["update"] <= 3 for row in run.metrics())
    killed = stopped(tmp_path / "killed", fast_dev_run=True)
    assert tensors(train(resume=killed.path)) == tensors(run)


def test_a_dry_run_writes_nothing_and_counts_everything(tmp_path, monkeypatch, run):
    monkeypatch.chdir(tmp_path)
    found = dry_run(RECIPE)
    assert list(tmp_path.iterdir()) == []
    assert found["parameters"] == 64 * 20 + 64 + 20 + 20 * 10 + 20 + 10
    learned = {s["stage"]: s["updates"] for s in found["stages"]}
    ends = {row["stage"]: row["update"] for row in run.metrics()}
    assert {name: learned[name] for name in ends} == ends


def test_weights_that_are_absurd_are_divergence_though_finite(tmp_path):
    """Pushed to 1e27 the units of an RBM saturate, and nothing ever becomes infinite."""
    wild = ["pretrain.optimiser.lr=1e30", "pretrain.optimiser.momentum=0", "pretrain.epochs=3"]
    with pytest.raises(FloatingPointError, match=r"v\.bias exceeds 1e\+08 at update"):
        train(RECIPE, *wild, output=tmp_path)
    (path,) = (tmp_path / "small").iterdir()
    assert harmonium.Run.open(path).status["status"] == "failed"


def test_the_command_is_as_typed(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["/opt/bin/harmonium", "train", "a b.yaml"])
    run = train(RECIPE, "compare=[]", output=tmp_path)
    assert (run.path / "command.txt").read_text() == "harmonium train 'a b.yaml'\n"


def test_a_failing_report_never_loses_the_run(tmp_path, monkeypatch):
    def broken(run, *, data):
        raise RuntimeError("no fonts")

    monkeypatch.setattr(report, "write_run", broken)
    with pytest.warns(RuntimeWarning, match=r"no fonts.*harmonium report .*small"):
        run = train(RECIPE, output=tmp_path)
    assert run.status["status"] == "done"


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["model.units=[63, 20, 10]"], "it reads 63 values, but the rows of digits have 64"),
        (["data.transforms=[standardise]"], "digits, train: .*range from"),
        (["pretrain=null", "train={type: energy, epochs: 1}"], "a belief_net is a stack of them"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_written(overrides, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        train(RECIPE, *overrides, output=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("shape", "wanted"), [([3, 8, 8], "1, 8, 8"), ([64, 1, 3], "1, 8, 8")])
def test_a_net_of_another_shape_is_told_the_shape_of_the_pictures(shape, wanted):
    layers = ["flatten", {"type": "linear", "out_features": 10}]
    recipe = {
        "data": {"source": "digits"},
        "model": {"type": "net", "shape": shape, "layers": layers},
        "train": {"type": "supervised", "epochs": 1},
    }
    with pytest.raises(ValueError, match=rf"make the model's shape \[{wanted}\]"):
        train(recipe)


def test_threads_and_determinism_are_as_before(tmp_path):
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    run = train(RECIPE, "threads=2", "deterministic=true", "compare=[]", output=tmp_path)
    assert run.environment["threads"] == 2
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before


def test_double_precision_all_the_way(tmp_path):
    run = train(RECIPE, "precision=float64", "compare=[]", output=tmp_path)
    assert {p.dtype for p in run.machine().parameters()} == {torch.float64}
    assert {p.dtype for p in run.net().parameters()} == {torch.float64}


def test_a_device_that_is_not_there():
    if torch.cuda.is_available():
        pytest.skip("there is one")
    with pytest.raises(ValueError, match="finds no CUDA device here: use device=auto"):
        dry_run(RECIPE, "device=cuda")


# --- what was damaged, edited or moved while a run was stopped --------------------------------


def halted(parent, *overrides):
    """A run that ended without a word in fine-tuning, with two checkpoints."""

    def watch(place):
        if place["stage"] == "fine_tune" and place["update"] == 6:
            raise Killed

    with pytest.raises(Killed):
        train(RECIPE, "checkpoint.keep=2", *overrides, output=parent, watch=watch)
    (path,) = (parent / "small").iterdir()
    return Run(path)


def last_of(run):
    return run.path / "checkpoints" / "last.safetensors"


def content(run):
    return {p: p.read_bytes() for p in run.path.rglob("*") if p.is_file() and p.name != "lock"}


@pytest.fixture(scope="module")
def halted_run(tmp_path_factory):
    return halted(tmp_path_factory.mktemp("halted"))


@pytest.fixture
def copied(halted_run, tmp_path):
    return Run(Path(shutil.copytree(halted_run.path, tmp_path / "copy")))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("lr: 0.001", "lr: 0.002"),
        ("epochs: 3", "epochs: 4"),
        ("batch_size: 20", "batch_size: 21"),
        ("seed: 0", "seed: 1"),
        ("threads: null", "threads: 2"),
        ("precision: float32", "precision: float64"),
        ("device: auto", "device: cuda"),
        ("std: 0.1", "std: 0.2"),
        ("judge: [accuracy]", "judge: []"),
        ("repeats: 1", "repeats: 2"),
    ],
)
def test_an_edited_recipe_is_refused(was, now, copied):
    place = copied.path / "recipe.resolved.yaml"
    text = place.read_text().replace("judge:\n- accuracy\n", "judge: [accuracy]\n")
    assert was in text, text
    place.write_text(text.replace(was, now, 1))
    before = content(copied)
    name = was.split(":", maxsplit=1)[0]
    with pytest.raises(ValueError, match=rf"recipe.resolved.yaml: not the recipe .*{name}"):
        train(resume=copied.path)
    assert content(copied) == before, "nothing is changed"


def test_a_copy_of_a_run_goes_on_like_the_run(copied, run):
    assert tensors(train(resume=copied.path)) == tensors(run)


def test_a_flipped_bit_is_refused_and_an_older_checkpoint_goes_on(copied, run):
    place = last_of(copied)
    raw = bytearray(place.read_bytes())
    raw[-5] ^= 16
    place.write_bytes(raw)
    before = content(copied)
    with pytest.raises(ValueError, match=r"its content does not fit its checksum.*last-000\d+"):
        train(resume=copied.path)
    assert content(copied) == before
    (older,) = place.parent.glob("last-*")
    assert tensors(train(resume=older)) == tensors(run)


def test_a_last_checkpoint_that_is_missing_is_said_and_the_others_offered(copied, run):
    last_of(copied).unlink()
    before = content(copied)
    with pytest.raises(FileNotFoundError, match=r"--resume \S+last-\d+.safetensors$") as failure:
        train(resume=copied.path)
    assert content(copied) == before, "never begun anew over the old metrics"
    offered = str(failure.value).rpartition(" ")[2]
    assert tensors(train(resume=offered)) == tensors(run)


def test_without_any_checkpoint_a_run_is_not_begun_anew(copied):
    for place in last_of(copied).parent.iterdir():
        place.unlink()
    with pytest.raises(FileNotFoundError, match="no other checkpoint is; .*start another run"):
        train(resume=copied.path)
    assert len(copied.metrics()) > 0


def test_a_checkpoint_of_another_run_is_refused(copied, tmp_path):
    other = halted(tmp_path / "other", "seed=4")
    shutil.copy(last_of(other), last_of(copied))
    with pytest.raises(ValueError, match="a checkpoint of another run"):
        train(resume=copied.path)


def test_a_checkpoint_that_is_not_there_is_not_replaced_by_another(copied):
    with pytest.raises(FileNotFoundError, match="step-000001.safetensors: not there"):
        train(resume=copied.path / "checkpoints" / "step-000001.safetensors")


@pytest.mark.parametrize("text", ["[]", "{}", '{"data": 5}', '{"data": ["x"]}'])
def test_an_environment_that_no_run_writes_is_refused(text, copied):
    (copied.path / "environment.json").write_text(text)
    with pytest.raises(ValueError, match=r"environment.json|not those that the run began with"):
        train(resume=copied.path)


def test_other_surroundings_are_said(copied):
    place = copied.path / "environment.json"
    changed = {"threads": 7, "torch": "1.0"}
    place.write_text(json.dumps({**json.loads(place.read_text()), **changed}))
    with pytest.warns(UserWarning, match="the run began with") as said:
        train(resume=copied.path)
    words = [str(w.message) for w in said]
    assert sum("began with threads 7 and goes on with" in w for w in words) == 1
    assert sum("began with torch 1.0 and goes on with" in w for w in words) == 1


def test_a_run_that_another_process_has_finished_meanwhile(copied, run, monkeypatch):
    """Two resume it; the second gets it when the first is done, and does not begin again."""
    real = locked

    @contextlib.contextmanager
    def late(path):
        with real(path):
            monkeypatch.setattr(harmonium.training, "locked", lambda path: real(path / "figures"))
            train(resume=path)
            yield

    monkeypatch.setattr(harmonium.training, "locked", late)
    with pytest.raises(ValueError, match="this run is done"):
        train(resume=copied.path)
    assert tensors(copied) == tensors(run)
    assert "started" not in (copied.path / "log.txt").read_text().split("resumed from")[1]
