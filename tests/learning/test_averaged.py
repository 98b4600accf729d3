"""A net with the moving average of the parameters of its learning copy."""

import copy

import pytest
import torch
from torch import nn

from harmonium.learning import Averaged, Descent, cross_entropy
from tests.laws.specimens import numbers

BATCH = {"x": numbers(6, 3, seed=3), "y": torch.tensor([0, 3, 1, 1, 2, 0])}


def made(decay=0.9):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)).double()
    learned = copy.deepcopy(net)
    sgd = torch.optim.SGD(learned.parameters(), lr=0.5, momentum=0.9)
    return Averaged(net, Descent(learned, sgd, cross_entropy), decay=decay)


def test_the_average_is_that_of_its_formula():
    learner = made(0.5)
    expected = {k: x.clone() for k, x in learner.module.state_dict().items()}
    for t in range(1, 15):
        learner.step(BATCH)
        d = min(0.5, (1 + t) / (10 + t))
        for name, x in learner.learner.module.state_dict().items():
            mean = expected[name]
            expected[name] = d * mean + (1 - d) * x if x.is_floating_point() else x.clone()
    for name, x in learner.module.state_dict().items():
        torch.testing.assert_close(x, expected[name], rtol=0, atol=1e-12)
    assert not learner.module.training
    assert not torch.equal(learner.module[0].weight, learner.learner.module[0].weight)


def test_the_copy_learns_as_it_would_alone():
    learner, alone = made(), made().learner
    for _ in range(4):
        found, expected = learner.step(BATCH), alone.step(BATCH)
        assert torch.equal(found["loss"], expected["loss"])
    assert torch.equal(learner.learner.module[0].weight, alone.module[0].weight)
    assert learner.optimisers[0] is learner.learner.optimiser


def test_what_was_saved_goes_on_to_the_bit():
    learner, other = made(), made()
    for _ in range(3):
        learner.step(BATCH)
    other.load_state_dict(copy.deepcopy(learner.state_dict()))
    for one in (learner, other):
        one.step(BATCH)
    for name, x in learner.module.state_dict().items():
        assert torch.equal(x, other.module.state_dict()[name])


def test_settings_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="decay of the average is 1.0: give at least 0 and below"):
        made(1.0)
    learner = made().learner
    with pytest.raises(ValueError, match="updates the net itself: give it a copy"):
        Averaged(learner.module, learner, decay=0.9)
