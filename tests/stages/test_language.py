"""Learning texts: streams, a carried state, resuming to the bit."""

import copy

import pytest
import torch

from tests.apply.texts import data, recipe
from tests.stages import small

SECTIONS = {
    "pretrain": None,
    "fine_tune": None,
    "model": recipe()["model"],
    "train": {"type": "language", "epochs": 3, "batch_size": 4},
}


def training(*overrides, sections=SECTIONS):
    one = small.one(*overrides, data=data(), **sections)
    (name, stage) = next(iter(one.stages.items()))
    (part,) = stage.parts(one, name)
    return part.build()


def test_rows_of_batches_continue_each_other():
    made = training()
    before = None
    for batch in made.batches:
        assert bool(batch["continues"].all()) is (before is not None)
        if before is not None:
            assert torch.equal(batch["x"][:, 0], before[:, -1])
        before = batch["x"]


@pytest.mark.parametrize("extra", [{}, {"average": 0.9}, {"carry": False}])
@pytest.mark.parametrize("stop", [1, 17, 40])
def test_it_goes_on_in_the_middle_of_an_epoch_to_the_bit(stop, extra):
    sections = {**SECTIONS, "train": {**SECTIONS["train"], **extra}}
    sections["model"] = {**SECTIONS["model"], "dropout": 0.3}
    whole = training(sections=sections)
    saved = None
    while not whole.done:
        whole.update()
        if whole.updates == stop:
            saved = copy.deepcopy(whole.state_dict())
        if whole.epoch_ended:
            whole.observe()
    other = training(sections=sections)
    other.load_state_dict(saved)
    while not other.done:
        other.update()
        if other.epoch_ended:
            other.observe()
    a, b = whole.learner.module.state_dict(), other.learner.module.state_dict()
    assert all(torch.equal(x, b[name]) for name, x in a.items())


def test_carrying_the_state_changes_what_is_learned():
    found = []
    for carry in (True, False):
        made = training(sections={**SECTIONS, "train": {**SECTIONS["train"], "carry": carry}})
        for _ in range(3):
            made.update()
        found.append(torch.cat([p.flatten() for p in made.learner.module.parameters()]))
    assert not torch.equal(*found)


def test_more_streams_than_rows_are_refused():
    with pytest.raises(ValueError, match="500 parallel streams of"):
        training("train.batch_size=500")


def test_a_machine_cannot_learn_texts():
    with pytest.raises(ValueError, match="train: no model .* predicts the next symbol of a text"):
        small.tasks(
            pretrain=None, fine_tune=None, train={"type": "language", "epochs": 1}, judge=[]
        )
