"""A machine becomes a net when the next stage asks for it."""

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
