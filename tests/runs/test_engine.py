"""A run that is killed anywhere and resumed is the run that was never stopped, to the bit."""

import errno
import os
import signal

import pytest
import torch

from harmonium import Run, rbm
from harmonium.learning import Training
from harmonium.runs import checkpoint
from harmonium.runs import engine as engine_module
from harmonium.runs.engine import Checkpoints
from harmonium.runs.signals import Interrupted
from tests.runs import small
from tests.runs.small import Killed, outcome


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return outcome(small.whole(tmp_path_factory.mktemp("whole")))


def finished(run, tries=99):
    """Resumed as often as it takes."""
    for _ in range(tries):
        try:
            small.engine(run).go(resume=small.last(run))
        except Killed:
            continue
        return outcome(run)
    raise AssertionError("it never ends")


def counting(monkeypatch, owner, name):
    """Counts the calls of a function; ``kill_at(n)`` ends the process before or after one."""
    plan = {"calls": 0, "at": 0, "after": False}
    real = getattr(owner, name)

    def hooked(*args, **kwargs):
        plan["calls"] += 1
        if plan["calls"] == plan["at"] and not plan["after"]:
            raise Killed
        value = real(*args, **kwargs)
        if plan["calls"] == plan["at"]:
            raise Killed
        return value

    monkeypatch.setattr(owner, name, hooked)
    return plan


PLACES = {
    "an update": (Training, "update"),
    "what is observed": (Training, "observe"),
    "the bytes of a file": (os, "fsync"),
    "the move of a file": (os, "replace"),
    "a checkpoint": (checkpoint, "write"),
    "a record": (checkpoint, "write_tensors"),
    "the results": (engine_module, "write_json"),
}


def killed_at_each(place, expected, parent, *, monkeypatch, after, every):
    plan = counting(monkeypatch, *PLACES[place])
    run = Run.create(parent, "counted")
    plan["calls"] = 0
    small.engine(run).go()
    total = plan["calls"]
    assert total > 0
    for at in range(1, total + 1, every or max(1, total // 4)):
        run = Run.create(parent, "killed")
        plan |= {"calls": 0, "at": at, "after": after}
        with pytest.raises(Killed):
            small.engine(run).go()
        plan["at"] = 0
        assert finished(run) == expected, f"killed at call {at} of {total}"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_and_resumed(place, after, expected, tmp_path, monkeypatch):
    killed_at_each(place, expected, tmp_path, monkeypatch=monkeypatch, after=after, every=None)


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("place", PLACES)
def test_killed_everywhere_and_resumed(place, after, expected, tmp_path, monkeypatch):
    killed_at_each(place, expected, tmp_path, monkeypatch=monkeypatch, after=after, every=1)


def test_killed_again_and_again(expected, tmp_path, monkeypatch):
    """Ten kills at moments of their own, each run going on from the last."""
    plan = counting(monkeypatch, Training, "update")
    run = Run.create(tmp_path, "often")
    kills = 0
    for at in [1, 3, 2, 5, 4, 1, 7, 3, 6, 2]:
        plan |= {"calls": 0, "at": at}
        with pytest.raises(Killed):
            small.engine(run).go(resume=small.last(run))
        kills += 1
    plan["at"] = 0
    assert kills == 10
    assert finished(run) == expected


def test_the_comparison_sees_a_forgotten_state(expected, tmp_path, monkeypatch):
    """The tests above can fail: without the batches' position the outcome is another one."""
    monkeypatch.setattr(
        small.Batches, "state_dict", lambda self: {"rows": small.ROWS, "next": 0, "order": None}
    )
    plan = counting(monkeypatch, Training, "update")
    plan["at"] = 4
    run = Run.create(tmp_path, "forgetful")
    with pytest.raises(Killed):
        small.engine(run).go()
    plan["at"] = 0
    try:
        assert finished(run) != expected
    except StopIteration:
        pytest.fail("a pass ended early")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_saves_and_stops(number, expected, tmp_path, capsys):
    run = Run.create(tmp_path, "asked")
    seen = []

    def watch(place):
        seen.append(place)
        if len(seen) == 4:
            os.kill(os.getpid(), number)

    before = signal.getsignal(number)
    with pytest.raises(Interrupted):
        small.engine(run, watch=watch).go()
    assert len(seen) == 4, "the update that was going on is the last one"
    assert signal.getsignal(number) is before
    assert run.status["status"] == "interrupted"
    assert f"harmonium train --resume {run.path}" in run.status["resume"]
    assert checkpoint.read(small.last(run))["updates"] == 4
    assert "again to stop at once" in capsys.readouterr().err
    assert finished(run) == expected


def test_a_signal_while_processes_agree_is_not_lost(expected, tmp_path, monkeypatch):
    """It comes after this process has told the others that nobody asked."""
    run = Run.create(tmp_path, "agreed")
    looks = []

    def agree(text):
        looks.append(text)
        if len(looks) == 4:
            os.kill(os.getpid(), signal.SIGTERM)
        return text

    monkeypatch.setattr(engine_module.ranks, "first_asked", agree)
    with pytest.raises(Interrupted):
        small.engine(run).go()
    assert looks == ["", "", "", "", "SIGTERM"]
    monkeypatch.undo()
    assert finished(run) == expected


def test_a_second_signal_stops_at_once(expected, tmp_path):
    run = Run.create(tmp_path, "pressed")
    seen = []

    def watch(place):
        seen.append(place)
        if len(seen) == 3:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt) as stop:
        small.engine(run, watch=watch).go()
    assert not isinstance(stop.value, Interrupted)
    assert checkpoint.read(small.last(run))["updates"] == 2
    assert run.status["status"] == "interrupted"
    assert finished(run) == expected


def diverging(monkeypatch, at):
    """Parameters that become NaN in one update."""
    real, calls = Training.update, []

    def update(self):
        real(self)
        calls.append(1)
        if len(calls) == at:
            with torch.no_grad():
                next(iter(self.learner.module.parameters())).view(-1)[0] = float("nan")

    monkeypatch.setattr(Training, "update", update)


def test_divergence_fails_and_keeps_the_last_good_checkpoint(expected, tmp_path, monkeypatch):
    run = Run.create(tmp_path, "wild")
    with monkeypatch.context() as patch:
        diverging(patch, at=8)
        with pytest.raises(FloatingPointError, match=r"units.v.bias .* at update 8.*lower the"):
            small.engine(run).go()
    assert run.status["status"] == "failed"
    assert "units.v.bias" in run.status["reason"]
    assert checkpoint.read(small.last(run))["updates"] == 6
    assert finished(run) == expected


def test_a_loss_that_is_no_number_is_divergence(tmp_path, monkeypatch):
    real = Training.update

    def update(self):
        real(self)
        self.losses = {name: x * float("inf") for name, x in self.losses.items()}

    monkeypatch.setattr(Training, "update", update)
    run = Run.create(tmp_path, "wild")
    with pytest.raises(FloatingPointError, match="the loss is no longer finite"):
        small.engine(run).go()


def test_a_full_disk_leaves_the_old_checkpoint(expected, tmp_path, monkeypatch):
    run = Run.create(tmp_path, "full")
    real, calls = os.fsync, []

    def full(handle):
        calls.append(1)
        if len(calls) > 12:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match=r"No space left on device.*make room") as failure:
            small.engine(run).go()
        assert failure.value.errno == errno.ENOSPC
        assert str(run.path) in str(failure.value)
    assert checkpoint.read(small.last(run))["updates"] > 0
    assert not [p for p in run.path.rglob(".*") if p.is_file()], "no half-written files"
    assert finished(run) == expected


def test_a_checkpoint_cut_short_says_so(tmp_path):
    run = small.whole(tmp_path)
    place = small.last(run)
    content = place.read_bytes()
    for size in (0, 7, 100, len(content) - 1):
        place.write_bytes(content[:size])
        with pytest.raises(ValueError, match="not a whole checkpoint"):
            small.engine(run).go(resume=place)


def test_checkpoints_are_kept_for_good_at_log_spaced_updates(expected, tmp_path):
    run = small.whole(tmp_path, checkpoints={"log_spaced": 3, "every_updates": 99})
    assert Checkpoints(log_spaced=3).kept(15) == {2, 6, 15}
    kept = sorted(p.stem for p in (run.path / "checkpoints").glob("step-*"))
    assert kept == [
        "step-000002",
        "step-000006",
        "step-000015",
        "step-000017",
        "step-000021",
        "step-000030",
    ]
    assert outcome(run) == expected
    for name in kept:
        small.engine(run).go(resume=run.path / "checkpoints" / f"{name}.safetensors")
        assert outcome(run) == expected


def files(run):
    """All that lies in a run, without what only says who looked at it."""
    return {p: p.read_bytes() for p in run.path.rglob("*") if p.is_file() and p.name != "lock"}


def test_a_checkpoint_of_another_run_is_refused(tmp_path):
    run = small.whole(tmp_path)
    other = small.whole(tmp_path)
    before = files(other)
    with pytest.raises(ValueError, match="resume in the directory that it belongs to"):
        small.engine(other).go(resume=small.last(run))
    assert files(other) == before, "nothing is changed"


def test_a_checkpoint_that_does_not_fit_is_refused(tmp_path):
    """Fewer tasks, other tasks, another machine: in words, and nothing is changed."""
    run = small.whole(tmp_path, checkpoints={"log_spaced": 3})
    before = files(run)
    steps = sorted((run.path / "checkpoints").glob("step-*"))
    other = [t for t in small.tasks() if t.name != "train"]
    with pytest.raises(ValueError, match=r"in trial 0, train, where .* trial 0, fine_tune"):
        small.engine(run, tasks=other).go(resume=steps[0])
    with pytest.raises(ValueError, match=r"last.safetensors: does not fit the recipe of its run"):
        small.engine(run, tasks=other).go(resume=small.last(run))
    wide = small.tasks()
    wide[0].workspace.machine = rbm(6, 5)
    with pytest.raises(ValueError, match=r"does not fit the recipe of its run \(.*size mismatch"):
        small.engine(run, tasks=wide).go(resume=steps[0])
    assert files(run) == before


def test_edited_metrics_are_refused(expected, tmp_path):
    run = small.whole(tmp_path)
    place = run.path / "metrics.jsonl"
    lines = place.read_text().splitlines(keepends=True)
    for edited in ([*lines[1:], lines[0]], lines[1:], ["5\n", *lines[1:]], ["\n", *lines]):
        place.write_text("".join(edited))
        with pytest.raises(ValueError, match=r"metrics.jsonl"):
            small.engine(run).go(resume=small.last(run))
        assert place.read_text() == "".join(edited)
    place.write_bytes("".join(lines).encode() + b"\0" * 512 + b'\n\xff\n{"a"')
    small.engine(run).go(resume=small.last(run))
    assert outcome(run) == expected, "what came after the checkpoint is cut"


def test_a_run_has_a_checkpoint_from_the_start(expected, tmp_path, monkeypatch):
    plan = counting(monkeypatch, Training, "update")
    plan["at"] = 1
    run = Run.create(tmp_path, "early")
    with pytest.raises(Killed):
        small.engine(run).go()
    assert checkpoint.read(small.last(run))["updates"] == 0
    plan["at"] = 0
    assert finished(run) == expected


def test_the_log_takes_any_name(tmp_path):
    run = Run.create(tmp_path, "demo")
    small.engine(run)._note("größe 数 \udcff")
    assert "größe 数 \\udcff" in (run.path / "log.txt").read_text(encoding="utf-8")


def test_the_last_ones_are_kept(tmp_path):
    run = small.whole(tmp_path, checkpoints={"keep": 3, "every_updates": 4})
    kept = sorted((run.path / "checkpoints").iterdir(), key=lambda p: p.stem.ljust(20, "~"))
    assert len(kept) == 3
    assert kept[-1].stem == "last"
    states = [checkpoint.read(path) for path in kept]
    found = [(state["updates"], state["task"], state["stage"] is None) for state in states]
    assert found == [(28, 1, False), (30, 2, True), (31, 3, True)]


def test_the_best_one_is_kept(tmp_path):
    run = small.whole(tmp_path, checkpoints={"best": "val/loss"})
    rows = [row for row in run.metrics() if row["stage"] == "fine_tune"]
    best = min(rows, key=lambda row: row["val/loss"])
    state = checkpoint.read(run.path / "checkpoints" / "best-0-fine_tune.safetensors")
    assert state["best"] == best["val/loss"]
    assert state["stage"]["updates"] == best["update"]


def test_watching_tracking_and_saving_change_nothing(expected, tmp_path):
    from harmonium.runs.trackers import CSV, Trackers

    run = small.whole(
        tmp_path,
        trackers=Trackers([CSV()]),
        watch=lambda place: torch.rand(3),
        checkpoints={"every_updates": 1, "log_spaced": 5, "best": "val/error"},
    )
    assert outcome(run) == expected


def test_any_other_failure_is_written_down(tmp_path):
    run = Run.create(tmp_path, "broken")

    def watch(place):
        raise LookupError("nothing there")

    with pytest.raises(LookupError):
        small.engine(run, watch=watch).go()
    assert run.status["status"] == "failed"
    assert run.status["reason"] == "LookupError: nothing there"
    assert "nothing there" in (run.path / "log.txt").read_text()


def test_a_program_that_exits_in_the_middle_leaves_a_run_that_failed(tmp_path):
    run = Run.create(tmp_path, "left")

    def watch(place):
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        small.engine(run, watch=watch).go()
    assert run.status["status"] == "failed"
    assert run.status["reason"] == "SystemExit: 3"
