"""Supervised training, alone and as the short form of unrolling and training."""

import pytest
import torch

from tests.judges.test_error import targets
from tests.stages import small


def test_classify_is_unroll_and_supervised(monkeypatch):
    """Both name their stages, and so their draws, differently: here all draws have one seed."""
    monkeypatch.setattr("harmonium.stages.trial.derived", lambda seed, purpose: seed)
    tuned = small.RECIPE["fine_tune"]
    (short,) = small.tasks(pretrain=None)
    stages = ["unroll", {**tuned, "type": "supervised"}]
    (listed,) = small.tasks(pretrain=None, fine_tune=None, stages=stages)
    assert (short.name, listed.name) == ("fine_tune", "supervised")
    fresh = short.workspace.fresh("net").saved()
    small.done(short)
    small.done(listed)
    one, other = (task.workspace.models["net"].saved() for task in (short, listed))
    assert [*one] == [*other]
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not any(torch.equal(one[name], fresh[name]) for name in one)


def test_a_net_learns_without_a_machine():
    sections = {
        "model": {"type": "mlp", "units": [6, 8, 2]},
        "pretrain": None,
        "fine_tune": None,
        "train": {"type": "supervised", "epochs": 100, "batch_size": 20},
    }
    for objective in ("cross_entropy", "bernoulli"):
        train = {**sections["train"], "objective": objective, "optimiser": FAST}
        (task,) = small.tasks(**{**sections, "train": train})
        small.done(task)
        made = task.workspace
        (batch,) = made.models["machine"].batches(made.data.train)
        decided = made.models["machine"].decide(batch)
        assert float((decided == made.data.train.y).double().mean()) > 0.95
    wrong = {**sections["train"], "objective": "squared_error"}
    with pytest.raises(ValueError, match="are classes, and the objective squared_error compares"):
        small.done(small.tasks(**{**sections, "train": wrong})[0])


FAST = {"type": "adam", "lr": 0.02}


def test_real_targets_are_learned_in_units_of_their_own():
    sections = {
        "model": {"type": "mlp", "units": [6, 1], "outputs": "values"},
        "pretrain": None,
        "fine_tune": None,
        "train": {
            "type": "supervised",
            "epochs": 200,
            "batch_size": 10,
            "objective": "squared_error",
            "optimiser": FAST,
        },
    }
    (task,) = small.tasks("data.validation=0.2", data=targets(), **sections)
    stage = task.build()
    row = {}
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            row = stage.observe()
    assert row["val/squared_error"] < 0.01
    made = task.workspace
    model, train = made.models["machine"], made.data.train
    torch.testing.assert_close(model.net.scale, train.targets.std(0, correction=0))
    assert float((model.predict({"x": train.x}) - train.targets).abs().max()) < 5
    wide = {"type": "mlp", "units": [6, 3], "outputs": "values"}
    with pytest.raises(ValueError, match="has 3 outputs, but sums has 1 targets"):
        small.done(small.tasks(data=targets(), **{**sections, "model": wide})[0])
    classes = {"type": "mlp", "units": [6, 2]}
    plain = {"type": "supervised", "epochs": 1}
    with pytest.raises(ValueError, match="train: sums has no classes: its targets are real"):
        small.done(
            small.tasks(data=targets(), **{**sections, "model": classes, "train": plain})[0]
        )
