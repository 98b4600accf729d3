"""Runs that go wrong say how, in log, warning, records and report; good ones say nothing."""

import re
import warnings

import pytest
import torch

import harmonium as hm
from harmonium.sampling.diagnose import Probe
from harmonium.watch import FindingsWatch

RECIPE = {
    "name": "noticed",
    "threads": 1,
    "data": {"source": "digits", "batch_transform": "sampled"},
    "model": {"type": "rbm", "visible": 64, "hidden": 16},
    "train": {"type": "energy", "epochs": 60, "batch_size": 50},
}


def trained(folder, *overrides, **more):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run = hm.train({**RECIPE, **more}, *overrides, output=folder)
    return run, [str(w.message) for w in caught]


def shown(run, caught, *, kind):
    """The finding in all four places, with its remedy, and once in the log."""
    of_kind = [f for f in run.findings() if f["kind"] == kind]
    assert of_kind
    assert all(f["remedy"] for f in of_kind)
    log = (run.path / "log.txt").read_text()
    assert log.count(f"warning: {kind} (") == 1
    (text,) = [text for text in caught if text.startswith(f"{kind} (")]
    assert re.search(r"\n  Seen: .*\n  Meaning: .*\n  What to do: ", text)
    page = (run.path / "report.html").read_text()
    assert "What the run noticed" in page
    assert f">{kind} (" in page
    return of_kind


def test_a_healthy_run_has_none(tmp_path):
    run, caught = trained(tmp_path, "data.validation=0.1")
    assert (run.findings(), caught) == ([], [])
    looked = [row for row in run.metrics() if "findings" in row]
    assert [row["epoch"] for row in looked] == [60]
    assert "warning:" not in (run.path / "log.txt").read_text()
    page = (run.path / "report.html").read_text()
    assert "The checks found nothing to mend. Checked for (at epoch 60)" in page
    assert "chains whose free energy differs from that of the data" in page
    assert "validation rows that are much less probable" in page


def test_too_high_a_rate(tmp_path):
    run, caught = trained(
        tmp_path, "train.optimiser.lr=20", "train.schedules=[]", "train.epochs=12"
    )
    shown(run, caught, kind="runaway weights")
    shown(run, caught, kind="chains lag")
    shown(run, caught, kind="dead units")


def test_units_that_sparsity_kills(tmp_path):
    penalty = {"type": "sparsity", "target": 0.0001, "strength": 50.0}
    train = {**RECIPE["train"], "epochs": 10, "penalties": [penalty]}
    run, caught = trained(tmp_path, train=train)
    shown(run, caught, kind="dead units")


def test_more_parameters_than_rows_can_bear(tmp_path):
    run, caught = trained(
        tmp_path,
        "data.validation=0.97",
        "model.hidden=100",
        "train.epochs=500",
        "train.batch_size=10",
        "train.contrast=cd",
        "train.optimiser.lr=0.2",
        data={**RECIPE["data"], "transforms": ["binarise"], "batch_transform": None},
    )
    shown(run, caught, kind="over-fitting")


def test_a_judge_with_too_short_a_ladder(tmp_path):
    judge = {"type": "likelihood", "betas": 1, "chains": 100, "reverse_sweeps": 0}
    run, caught = trained(tmp_path, "model.hidden=60", "train.optimiser.lr=0.5", judge=[judge])
    (found, *_) = shown(run, caught, kind="doubtful log Z")
    assert (found["stage"], found["epoch"]) == ("judge", None)


def test_grey_rows_are_not_compared_with_chains(tmp_path):
    """Their free energy is not that of states, however good the machine."""
    run, _ = trained(tmp_path, data={"source": "digits"})
    assert run.findings() == []


def test_what_is_noticed_once_is_not_said_again_after_a_resume(tmp_path):
    train = {**RECIPE["train"], "schedules": [], "epochs": 20}
    optimiser = {"type": "sgd", "lr": 20.0}
    recipe = {"train": {**train, "optimiser": optimiser}, "checkpoint": {"every_updates": 500}}

    class Stopped(BaseException):
        pass

    def stop(state):
        if state["stage"] == "judge":
            raise Stopped

    whole, _ = trained(tmp_path / "whole", **recipe, judge=["likelihood"])
    with pytest.raises(Stopped):
        hm.train({**RECIPE, **recipe, "judge": ["likelihood"]}, output=tmp_path / "c", watch=stop)
    (path,) = (tmp_path / "c" / "noticed").iterdir()
    place = path / "checkpoints" / "last.safetensors"
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run = hm.train(resume=place)
    assert [str(w.message) for w in caught] == []
    assert run.findings() == whole.findings() != []
    log = (run.path / "log.txt").read_text()
    assert log.count("warning: runaway weights") == 1


def test_findings_of_several_trials_are_told_once_with_their_number(tmp_path):
    penalty = {"type": "sparsity", "target": 0.0001, "strength": 50.0}
    train = {**RECIPE["train"], "epochs": 10, "penalties": [penalty]}
    run, caught = trained(tmp_path, "repeats=3", train=train)
    assert {f["trial"] for f in run.findings()} == {0, 1, 2}
    (text,) = [text for text in caught if text.startswith("dead units")]
    assert text.startswith("dead units in 3 of 3 trials (training, epoch 10)\n")
    log = (run.path / "log.txt").read_text()
    assert re.findall(r"trial (\d) of 3, warning: dead units", log) == ["1", "2", "3"]
    assert (run.path / "report.html").read_text().count(">dead units in 3 of 3 trials (") == 1


def test_a_run_that_fails_tells_its_findings_too(tmp_path):
    """Of several trials they are told at the end, whatever the end is."""

    def fail(state):
        if state["trial"]:
            raise LookupError("nothing there")

    penalty = {"type": "sparsity", "target": 0.0001, "strength": 50.0}
    train = {**RECIPE["train"], "epochs": 10, "penalties": [penalty]}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(LookupError):
            hm.train({**RECIPE, "train": train, "repeats": 2}, output=tmp_path, watch=fail)
    texts = sorted(str(w.message) for w in caught)
    assert [text.partition(", epoch 10)")[0] for text in texts] == [
        "dead units (training",
        "few updates (training",
    ]


def test_looking_changes_no_bit(tmp_path, monkeypatch):
    monkeypatch.setattr("harmonium.learning.training.NOTICE", 1)
    monkeypatch.setattr("harmonium.watch.findings.PROBE", 1)
    looked, _ = trained(tmp_path / "a", "train.epochs=3")
    assert {"chains/r_hat", "chains/ess"} <= set(looked.metrics()[0])
    monkeypatch.setattr(FindingsWatch, "notice", lambda *_, **__: {})
    blind, _ = trained(tmp_path / "b", "train.epochs=3")
    one, other = (r.machine().state_dict() for r in (looked, blind))
    assert all(torch.equal(x, other[name]) for name, x in one.items())


def test_the_probe_is_written_down(tmp_path, monkeypatch):
    """What R-hat says stands in the row, and its finding beside it."""
    monkeypatch.setattr("harmonium.watch.findings.PROBE", 1)
    traces = torch.arange(8.0).reshape(1, 2, 4).double()
    still = Probe(traces, 0.5, torch.zeros(2, dtype=torch.float64))
    monkeypatch.setattr("harmonium.watch.findings.probe", lambda *_, **__: still)
    run, caught = trained(tmp_path, "train.epochs=2")
    assert run.metrics()[-1]["chains/r_hat"] == still.r_hat > 1.2
    shown(run, caught, kind="chains disagree")
