"""A machine becomes a net when the next stage asks for it."""

import pytest
import torch

from harmonium.bridge import unroll, unroll_autoencoder
from harmonium.nets.dropout import Dropout
from harmonium.stages.unroll import Unroll
from tests.stages import small


def test_the_net_starts_from_what_the_machine_knows_then():
    trial = small.one()
    assert Unroll().parts(trial, "unroll") == []
    machine = trial.models["machine"].machine
    with torch.no_grad():
        machine.graphs[0].connections["v-h"].weight.fill_(0.5)
    net = trial.model("net").net
    expected = unroll(machine, outputs=2)
    assert all(map(torch.equal, net.parameters(), expected.parameters()))
    assert Unroll().outline(trial.models["machine"], "unroll") == []


def test_the_net_of_a_deep_boltzmann_machine_is_fitted_to_training_rows():
    trial = small.one(model={"type": "dbm", "units": [6, 5, 4], "std": 0.8}, pretrain=None)
    Unroll().parts(trial, "unroll")
    expected = unroll(trial.models["machine"].machine, outputs=2, rows=trial.data.train.x)
    net = trial.model("net").net
    assert all(map(torch.equal, net.parameters(), expected.parameters()))


def test_hidden_units_drop_out_while_the_net_learns():
    (task,) = small.tasks("fine_tune.dropout=0.5", pretrain=None)
    (plain,) = small.tasks(pretrain=None)
    learned = task.build().learner.module
    assert [part.p for part in learned.modules() if isinstance(part, Dropout)] == [0.5, 0.5]
    small.done(task)
    small.done(plain)
    net, other = (t.workspace.models["net"] for t in (task, plain))
    assert not net.net.training
    assert [*net.saved()] == [*other.saved()]
    assert not torch.equal(net.saved()["0.weight"], other.saved()["0.weight"])


def test_an_autoencoder_has_no_dropout():
    with pytest.raises(ValueError, match="unroll: dropout is for a classifier"):
        Unroll("autoencoder", dropout=0.5).parts(small.one(), "unroll")


def test_real_targets_are_no_outputs_of_a_classifier():
    stages = [{"type": "greedy", "epochs": 1}, "unroll"]
    with pytest.raises(ValueError, match="unroll: real has no classes: its targets are real"):
        small.tasks(data=small.real(), pretrain=None, fine_tune=None, stages=stages)


AUTOENCODER = [
    {"type": "greedy", "epochs": 1},
    {"type": "unroll", "into": "autoencoder"},
    {"type": "reconstruction", "epochs": 3, "batch_size": 10},
]
MODEL = {"type": "belief_net", "units": [6, 5, {"type": "gaussian", "shape": 2}]}


def test_an_unrolled_autoencoder_starts_from_the_machine_and_learns():
    *pretraining, learning, judge = small.tasks(
        pretrain=None, fine_tune=None, stages=AUTOENCODER, model=MODEL, judge=["reconstruction"]
    )
    for task in pretraining:
        small.done(task)
    trial, stage = learning.workspace, learning.build()
    x = trial.data.train.x
    net, machine = trial.models["net"].net, trial.models["machine"].machine
    torch.testing.assert_close(net.reconstruct(x), unroll_autoencoder(machine)(x))
    assert stage.learner.module is net
    small.done(learning)
    again = small.done(judge)["belief_net"]["reconstruction_error"]
    x = trial.data.test.x
    assert again == pytest.approx(float((net.reconstruct(x) - x).detach().square().mean()))


def test_no_classes_are_needed_for_an_autoencoder():
    tasks = small.tasks(
        data=small.real(), pretrain=None, fine_tune=None, stages=AUTOENCODER, model=MODEL
    )
    assert [task.name for task in tasks] == ["greedy/0", "greedy/1", "reconstruction"]


def test_what_has_no_layers_is_no_autoencoder():
    with pytest.raises(ValueError, match="has layers to train one by one"):
        small.tasks(
            pretrain=None,
            fine_tune=None,
            stages=AUTOENCODER[1:],
            model={"type": "autoencoder", "units": [6, 2]},
        )
