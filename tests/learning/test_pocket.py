"""The pocket keeps the longest run; the ratchet also asks for fewer errors."""

import torch
from torch import nn

from harmonium.learning import Pocket


def net(value):
    module = nn.Linear(1, 1)
    with torch.no_grad():
        module.weight.fill_(value)
    return module


def offered(pocket, kept, value, *, right):
    pocket.wrong()
    pocket.right(right)
    pocket.offer(net(value), kept)
    return kept.weight.item()


def test_only_a_longer_run_replaces_the_weights():
    pocket, kept = Pocket(), net(0)
    assert offered(pocket, kept, 1, right=3) == 1
    assert offered(pocket, kept, 2, right=3) == 1
    assert offered(pocket, kept, 3, right=4) == 3


def test_the_ratchet_refuses_more_errors():
    pocket, kept = Pocket(lambda module: module.weight.item()), net(0)
    assert offered(pocket, kept, 5, right=3) == 5
    assert offered(pocket, kept, 6, right=9) == 5
    assert offered(pocket, kept, 4, right=4) == 4


def test_weights_that_were_refused_are_not_measured_again():
    calls = []

    def error(module):
        calls.append(module.weight.item())
        return module.weight.item()

    pocket, kept = Pocket(error), net(0)
    offered(pocket, kept, 1, right=1)
    offered(pocket, kept, 2, right=2)
    pocket.right(5)
    pocket.offer(net(2), kept)
    assert calls == [1, 2]


def test_its_state_goes_on():
    pocket, other = Pocket(), Pocket()
    offered(pocket, net(0), 1, right=7)
    other.load_state_dict(pocket.state_dict())
    assert (other.run, other.longest) == (7, 7)
