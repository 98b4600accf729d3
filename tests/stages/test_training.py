"""The training of a stage: draws and noise of its batches, early stopping, random generators."""

import pytest
import torch

from harmonium.data import Corrupt, Sampled, digits_set
from harmonium.describe import load
from harmonium.stages.training import noise_of, training_of
from tests.stages import small


class Still:
    """A learner that keeps what it sees."""

    def __init__(self, module):
        self.module, self.seen = module, []
        self.optimisers = [torch.optim.SGD(module.parameters(), lr=0.5)]

    def step(self, batch):
        self.seen.append(batch)
        return {}


def training(trial, **options):
    learner = Still(trial.models["machine"].machine)
    settings = trial.stages["pretrain"].layer(0)
    rows = trial.data.train
    return training_of(
        trial, settings, name="a", rows=rows, begin=lambda _: (learner, []), **options
    )


def test_a_pass_shows_every_row_once_with_its_label():
    trial = small.one()
    one = training(trial)
    for _ in range(6):
        one.update()
    assert one.epoch_ended
    seen = torch.cat([batch["x"] for batch in one.learner.seen])
    assert seen.shape == (60, 6)
    assert not torch.equal(seen, trial.data.train.x)
    assert torch.equal(seen.sort(0).values, trial.data.train.x.sort(0).values)
    labels = torch.cat([batch["y"] for batch in one.learner.seen])
    assert torch.equal(labels, (seen[:, :3].sum(1) > seen[:, 3:].sum(1)).long())


def test_draws_come_in_their_order_from_the_source_of_the_updates():
    """Grey rows of 0.5 become bits, and then half of the ones are masked."""
    trial = small.one()
    x = trial.data.train.x
    grey = trial.data.train.with_columns(x=torch.full_like(x, 0.5))
    learner = Still(trial.models["machine"].machine)
    settings = trial.stages["pretrain"].layer(0)
    one = training_of(
        trial,
        settings,
        name="a",
        rows=grey,
        begin=lambda _: (learner, []),
        draws=[Sampled(), None, Corrupt(share=0.5)],
    )
    for _ in range(12):
        one.update()
    first, second = torch.cat([b["x"] for b in learner.seen]).split(60)
    assert set(first.unique().tolist()) == {0.0, 1.0}
    assert 0.15 < float(first.mean()) < 0.35
    assert not torch.equal(first, second)


def test_a_stage_with_noise_of_its_own_keeps_it():
    """The short form in the section data is for stages that name none."""
    own = "pretrain.noise={type: corrupt, share: 0.25}"
    trial = small.one("data.batch_transform={type: corrupt, share: 0.5}", own)
    assert [noise_of(stage, trial).share for stage in trial.stages.values()] == [0.25, 0.5]
    alone = small.one(own)
    assert [noise_of(stage, alone) is None for stage in alone.stages.values()] == [False, True]


def test_noise_in_a_stage_and_its_short_form_give_the_same_parameters():
    def trained(*overrides):
        (*_, last) = tasks = small.tasks(*overrides, fine_tune=None)
        for task in tasks:
            small.done(task)
        return last.workspace.models["machine"].state_dict()

    short = trained("data.batch_transform={type: corrupt, share: 0.5}")
    stage = trained("pretrain.noise={type: corrupt, share: 0.5}")
    assert all(torch.equal(short[name], x) for name, x in stage.items())
    assert not all(torch.equal(x, trained()[name]) for name, x in stage.items())


def test_recipes_of_before_give_the_noise_of_their_stages():
    old = load({"data": {"source": "digits", "batch_transform": "corrupt"}, **RBM})
    new = load(
        {"data": {"source": "digits"}, **RBM, "train": {**RBM["train"], "noise": "corrupt"}}
    )
    trial = small.one()
    found = [noise_of(recipe.learning()["train"], trial) for recipe in (old, new)]
    assert found == [Corrupt()] * 2
    assert old.data.draw is None
    bits = load({"data": {"source": "digits", "batch_transform": "sampled"}, **RBM})
    assert noise_of(bits.learning()["train"], trial) is None
    assert bits.data.draw.type == "sampled"


RBM = {
    "model": {"type": "rbm", "visible": 64, "hidden": 4},
    "train": {"type": "energy", "epochs": 1},
}


PICTURES = [
    {"type": "affine", "shift": 2, "rotation": 10},
    {"type": "elastic", "alpha": 8},
    "flip",
]
MLP = {
    "model": {"type": "mlp", "units": [64, 8, 10]},
    "pretrain": None,
    "fine_tune": None,
    "train": {"type": "supervised", "epochs": 2, "batch_size": 200, "noise": PICTURES},
}


def test_pictures_are_changed_in_turn_and_a_run_resumes_to_the_bit():
    data = digits_set()

    def begun():
        (task,) = small.tasks(data=data, **MLP)
        return task, task.build()

    (task, whole), (_, first), (other, resumed) = begun(), begun(), begun()
    while not whole.done:
        whole.update()
    for _ in range(4):  # in the middle of the first epoch
        first.update()
    resumed.load_state_dict(first.state_dict())
    while not resumed.done:
        resumed.update()
    expected, found = (t.workspace.models["machine"].saved() for t in (task, other))
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    plain = next(iter(small.tasks(data=data, **MLP)[0].build().batches))["x"]
    noise = noise_of(task.workspace.stages["train"], task.workspace)
    assert noise.steps[0].kind == data.columns["x"]
    assert plain.shape == (200, 64)


def test_rows_that_are_no_pictures_are_not_shifted():
    sections = {**MLP, "train": {**MLP["train"], "noise": "affine"}}
    with pytest.raises(ValueError, match="affine changes pictures, and these rows are Numbers"):
        small.tasks(**{**sections, "model": {"type": "mlp", "units": [6, 2]}})[0].build()
