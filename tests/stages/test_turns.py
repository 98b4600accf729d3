"""Of many trials one is in memory, and each is what it would be alone."""

import gc
import weakref

import torch

from harmonium.stages.plan import trial
from harmonium.stages.turns import in_turn
from tests.stages import small
from tests.stages.small import CPU, done, recipe, toy


def test_a_trial_is_begun_when_its_turn_comes(monkeypatch):
    begun = []

    def seen(*args, number, **options):
        begun.append(number)
        return trial(*args, number=number, **options)

    monkeypatch.setattr("harmonium.stages.plan.trial", seen)
    found = small.tasks("repeats=3")
    names = ["pretrain/0", "pretrain/1", "fine_tune"]
    assert [(t.trial, t.name) for t in found] == [(n, name) for n in range(3) for name in names]
    assert begun == [0], "nothing of the others before the first update"
    for task in found:
        done(task)
        assert begun == list(range(task.trial + 1))
    assert found[0].workspace.number == 0
    assert begun == [0, 1, 2, 0]


def test_the_rows_of_the_trial_before_are_let_go_of():
    found = small.tasks("repeats=2", "data.validation=0.2")
    rows = weakref.ref(found[0].workspace.data.train.x)
    machine = weakref.ref(found[0].workspace.models["machine"])
    for task in found[:3]:
        done(task)
    gc.disable()  # it is done where it is due
    try:
        assert found[3].workspace.number == 1
        assert (rows(), machine()) == (None, None)
    finally:
        gc.enable()


def test_each_trial_is_what_it_would_be_alone():
    found = small.tasks("repeats=2", "data.validation=0.2")
    for task in found:
        done(task)
    together = found[-1].workspace
    alone = small.tasks("seed=1", "data.validation=0.2")
    for task in alone:
        done(task)
    expected = alone[0].workspace
    assert torch.equal(together.data.train.x, expected.data.train.x)
    for a, b in zip(
        together.models["net"].parameters(), expected.models["net"].parameters(), strict=True
    ):
        assert torch.equal(a, b)


def test_a_task_belongs_to_the_trial_that_is_there():
    one = trial(recipe(), toy(), number=0, device=CPU)
    assert in_turn(0, lambda number: (one, [])) == []
