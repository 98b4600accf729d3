"""A net with labels from its layers to its judge, through a recipe."""

from dataclasses import replace

import pytest
import torch

from harmonium.data import Split
from harmonium.learning import CD
from harmonium.watch import ValidationWatch
from tests.stages import small

PLAIN = {"type": "belief_net", "units": [6, 5, 4], "std": 0.1}
MEMORY = {
    "model": {"type": "belief_net", "units": [6, 5, 4], "classes": 2, "std": 0.1},
    "train": {"type": "up_down", "epochs": 2, "batch_size": 10},
    "fine_tune": None,
    "judge": ["accuracy"],
}


def test_a_net_with_labels_learns_them_at_the_top():
    low, top, together, judge = small.tasks(**MEMORY)
    assert [t.name for t in (low, top, together, judge)] == [
        *("pretrain/0", "pretrain/1", "train", "judge")
    ]
    assert [*next(iter(low.build().batches))] == ["x"]
    batch = next(iter(top.build().batches))
    assert tuple(batch["x"].shape) == (10, 5)
    state = top.build().learner.groups(batch)
    assert torch.equal(state["y"].argmax(1), batch["y"])
    assert state["y"].sum(1).tolist() == [1.0] * 10


def test_up_down_unties_the_net_that_was_pretrained():
    tasks = small.tasks(**MEMORY)
    for task in tasks[:2]:
        small.done(task)
    net = tasks[2].workspace.models["machine"].machine
    assert not net.recognition
    stage = tasks[2].build()
    assert torch.equal(net.upwards[0].units["h"].bias, net.graphs[0].units["h"].bias)
    stage.update()
    assert not torch.equal(net.upwards[0].units["h"].bias, net.graphs[0].units["h"].bias)
    assert set(stage.observe()) >= {"net/reconstruction", "lr"}
    assert stage.learner.learner.contrast == CD(3)


def test_labels_must_fit_the_data():
    task = small.tasks(**{**MEMORY, "pretrain": None, "model": {**MEMORY["model"], "classes": 3}})[
        0
    ]
    with pytest.raises(ValueError, match="label has 3 classes, but toy has 2: make classes 2"):
        task.build()


def test_labels_must_be_there():
    data = small.toy()
    data = replace(data, train=Split(data.train.x), test=Split(data.test.x), classes=())
    memory = {**MEMORY, "pretrain": None, "judge": []}
    task = small.tasks(data=data, **memory)[0]
    with pytest.raises(ValueError, match="no labelled training rows.*leave out its classes"):
        task.build()


def test_validation_rows_are_read():
    plain, memory = ({**MEMORY, "pretrain": None, "model": m} for m in (PLAIN, MEMORY["model"]))
    for sections, there in ((plain | {"judge": []}, False), (memory, True)):
        stage = small.tasks("data.validation=0.3", **sections)[0].build()
        assert any(isinstance(w, ValidationWatch) for w in stage.watches) is there
