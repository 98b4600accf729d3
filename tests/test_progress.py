import errno
import io
import os
import re

import pytest

from harmonium import progress
from harmonium.cli.output import note
from harmonium.cli.progress import run_words
from harmonium.progress import Progress


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


class Closed(io.StringIO):
    """A terminal that was closed: nothing can be written to it."""

    def __init__(self, number):
        super().__init__()
        self.number = number

    def isatty(self):
        return True

    def write(self, text):
        raise OSError(self.number, os.strerror(self.number))

    def flush(self):
        raise OSError(self.number, os.strerror(self.number))


def states(stage="train", *, epochs=3, each=4, trial=0, trials=1, findings=0):
    place = {"trial": trial, "trials": trials, "stage": stage, "findings": findings}
    for update in range(epochs * each + 1):
        yield {
            **place,
            "epoch": max(1, -(-update // each)),
            "epochs": epochs,
            "update": update,
            "updates": epochs * each,
        }


def shown(stream, *runs, **options):
    """All states passed on, as a run does."""
    with Progress(stream, words=run_words, **options) as watch:
        for several in runs:
            first, *rest = several
            watch.begin(first)
            for state in rest:
                watch(state)
    return stream.getvalue()


def test_a_log_gets_a_line_for_each_trial():
    trials = [
        states(stage, trial=t, trials=2) for t in (0, 1) for stage in ("pretrain/0", "judge")
    ]
    assert shown(io.StringIO(), *trials).splitlines() == [
        "trial 1 of 2: pre-training of layer 1, epoch 1 of 3",
        "trial 2 of 2: pre-training of layer 1, epoch 1 of 3",
    ]


def test_the_lines_of_a_log_follow_each_other_ever_more_slowly(monkeypatch):
    """Every 10 seconds at first, every 10 minutes in the end: one update takes a second here."""
    clock = iter(range(10**6))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    lines = shown(io.StringIO(), states(epochs=40_000, each=1)).splitlines()
    epochs = [int(re.search(r"epoch (\d+) of", line)[1]) for line in lines]
    gaps = [b - a for a, b in zip(epochs[1:], epochs[2:], strict=False)]
    assert gaps[:5] == [10] * 5
    assert gaps == sorted(gaps)
    assert gaps[-1] == 600
    assert len(lines) < 150


def test_a_terminal_gets_a_bar_that_leaves_nothing_behind(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with Progress(stream, words=run_words) as watch:
        for state in states("pretrain/0", trial=1, trials=5):
            watch(state)
        watch._bar.refresh()
        text = stream.getvalue()
        assert "trial 2 of 5: pre-training of layer 1, epoch 3 of 3" in text
        assert "━" in text
        note("a remark")
    end = stream.getvalue()[len(text) :]
    assert "a remark" in end
    assert end.endswith("\x1b[2K")  # the bar's line is emptied


def test_a_terminal_that_cannot_move_its_cursor_gets_lines(monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    assert shown(Terminal(), states()) == "training, epoch 1 of 3\n"


def test_quiet_writes_nothing(monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    assert shown(io.StringIO(), states(), quiet=True) == ""
    assert shown(Terminal(), states(), quiet=True) == ""


@pytest.mark.parametrize("number", [errno.EIO, errno.EPIPE, errno.ENOSPC])
@pytest.mark.parametrize("term", ["xterm", "dumb"])
def test_a_terminal_that_was_closed_ends_nothing(number, term, monkeypatch):
    monkeypatch.setenv("TERM", term)
    with Progress(Closed(number)) as watch:
        for state in states():
            watch(state)
        note("a remark")


def test_no_standard_error_at_all_ends_nothing(monkeypatch):
    monkeypatch.setattr("sys.stderr", None)
    with Progress() as watch:
        for state in states():
            watch(state)
        note("a remark")


def test_without_a_run_the_stage_is_named():
    state = {"stage": "RBM", "epoch": 2, "epochs": 9, "update": 5, "updates": 30}
    stream = io.StringIO()
    for _ in range(2):
        with Progress(stream) as watch:
            watch(state)
            watch({**state, "update": 6})
    assert stream.getvalue() == "RBM, epoch 2 of 9\n" * 2  # each of them writes one line


def test_a_notebook_gets_a_bar(monkeypatch):
    monkeypatch.setattr(progress, "_in_notebook", lambda: True)
    made = []
    monkeypatch.setattr(progress, "_bar", lambda stream: made.append(stream) or _Bar())
    with Progress() as watch:
        watch({"stage": "RBM", "epoch": 1, "epochs": 9, "update": 5, "updates": 30})
    assert made == [None]  # rich finds the cell by itself


class _Bar:
    """Takes whatever a bar is told."""

    def __getattr__(self, name):
        return lambda *args, **options: _Bar()

    console = property(lambda self: _Bar())
