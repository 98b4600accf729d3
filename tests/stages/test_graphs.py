"""The training of one energy graph has the settings of its stage."""

import pytest
import torch

from harmonium.learning import L2, PCD, MeanField
from harmonium.stages.graphs import read_by
from tests.stages import small

RBM = {"model": {"type": "rbm", "visible": 6, "hidden": 4}, "pretrain": None, "fine_tune": None}


def test_every_setting_of_the_section_arrives():
    train = {
        "type": "energy",
        "epochs": 1,
        "contrast": {"type": "pcd", "steps": 2, "chains": 7},
        "optimiser": {"type": "adam", "lr": 0.02},
        "penalties": [{"type": "l2", "strength": 0.5}],
        "centring": 0.3,
        "scaling": False,
        "inference": {"type": "mean_field", "cap": 3},
    }
    (task,) = small.tasks(**RBM, train=train)
    stage = task.build()
    found = stage.learner.learner
    assert found.graph is task.workspace.models["machine"].machine
    assert found.source is stage.source
    assert type(found.optimiser) is torch.optim.Adam
    assert found.optimiser.param_groups[0]["lr"] == 0.02
    assert {id(p) for p in found.optimiser.param_groups[0]["params"]} == {
        id(p) for p in found.graph.parameters()
    }
    assert found.contrast == PCD(2, chains=7)
    assert found.penalties == [L2(0.5)]
    assert (found.centring, found.scaling) == (0.3, False)
    assert found.inference == MeanField(cap=3)


def test_columns_are_what_a_model_learns_from():
    trial = small.one(data=small.toy(weights=torch.ones(60)))
    machine = trial.models["machine"]
    low, top = machine.split()
    found = read_by(top, trial.data.train, below=[low]).columns
    assert [*found] == ["x", "weights"]
    assert tuple(found["x"].shape) == (60, 5)
    memory = small.one(model={"type": "belief_net", "units": [6, 5, 4], "classes": 2})
    low, top = memory.models["machine"].split()
    assert [*read_by(low, memory.data.train).columns] == ["x"]
    assert [*read_by(top, memory.data.train, below=[low]).columns] == ["x", "y"]


def test_a_graph_that_was_pretrained_does_not_start_afresh():
    (task,) = small.tasks(**RBM, train={"type": "energy", "epochs": 1})
    machine = task.workspace.models["machine"].machine
    bias = machine.units["v"].bias.detach().clone()
    task.build()
    assert not torch.equal(machine.units["v"].bias, bias)
    sections = {**RBM, "pretrain": small.RECIPE["pretrain"]}
    *_, task = small.tasks(**sections, train={"type": "energy", "epochs": 1})
    machine = task.workspace.models["machine"].machine
    bias = machine.units["v"].bias.detach().clone()
    task.build()
    assert torch.equal(machine.units["v"].bias, bias)


def test_a_model_with_a_label_does_not_learn_from_real_targets():
    memory = {"type": "classification_rbm", "visible": 6, "hidden": 3, "classes": 2}
    sections = {"model": memory, "pretrain": None, "fine_tune": None}
    sections["train"] = {"type": "energy", "epochs": 1}
    (task,) = small.tasks(data=small.real(), **sections)
    with pytest.raises(ValueError, match="train: real has no classes: .* or take a model without"):
        task.build()
    trial = small.one(data=small.real(), **sections)
    found = read_by(trial.models["machine"], trial.data.train).columns
    assert [*found] == ["x"]
