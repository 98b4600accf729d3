"""A machine becomes a net when the next stage asks for it."""

import pytest
import torch

from harmonium.bridge import unroll
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


def test_real_targets_are_no_outputs_of_a_classifier():
    stages = [{"type": "greedy", "epochs": 1}, "unroll"]
    with pytest.raises(ValueError, match="unroll: real has no classes: its targets are real"):
        small.tasks(data=small.real(), pretrain=None, fine_tune=None, stages=stages)
