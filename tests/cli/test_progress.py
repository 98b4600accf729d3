import io

from harmonium.cli import progress
from harmonium.cli.progress import Progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


def states(stage="train", epochs=3, each=4):
    for update in range(1, epochs * each + 1):
        yield {
            "trial": 0,
            "stage": stage,
            "epoch": -(-update // each),
            "epochs": epochs,
            "update": update,
            "updates": epochs * each,
        }


def test_a_log_gets_a_line_when_a_stage_begins_and_few_more():
    log = io.StringIO()
    watch = Progress(log)
    for stage in ("pretrain/0", "train"):
        for state in states(stage):
            watch(state)
    assert log.getvalue().splitlines() == [
        "trial 0, pretrain/0, epoch 1 of 3",
        "trial 0, train, epoch 1 of 3",
    ]


def test_a_slow_run_logs_every_epoch_once(monkeypatch):
    monkeypatch.setattr(progress, "_PAUSE", 0.0)
    log = io.StringIO()
    watch = Progress(log)
    for state in states():
        watch(state)
    lines = log.getvalue().splitlines()
    assert lines == [
        "trial 0, train, epoch 1 of 3",
        *(f"trial 0, train, epoch {k} of 3" for k in (1, 2, 3)),
    ]


def test_a_terminal_gets_one_line_that_ends_with_the_stage():
    terminal = Terminal()
    watch = Progress(terminal)
    for state in states():
        watch(state)
    text = terminal.getvalue()
    assert text.count("\n") == 1
    last = text.split("\r\x1b[K")[-1]
    assert last == f"trial 0, train, epoch 3 of 3 [{'=' * 24}] 12 of 12 updates\n"
