"""Gradient descent on an objective."""

import copy

import torch

from harmonium.learning import Descent, cross_entropy


def made(seed=0):
    torch.manual_seed(seed)
    net = torch.nn.Linear(3, 2)
    return Descent(net, torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9), cross_entropy)


BATCH = {"x": torch.rand(8, 3), "y": torch.arange(8) % 2}


def test_an_update_is_one_step_down_the_mean_loss():
    learner = made()
    weight = learner.module.weight.detach().clone().requires_grad_()
    bias = learner.module.bias.detach().clone()
    logits = BATCH["x"] @ weight.mT + bias
    loss = torch.nn.functional.cross_entropy(logits, BATCH["y"])
    (slope,) = torch.autograd.grad(loss, weight)
    found = learner.step(BATCH)
    torch.testing.assert_close(found["loss"], loss.detach())
    torch.testing.assert_close(learner.module.weight, weight - 0.1 * slope)


def test_whole_weights_are_repeated_rows():
    weighted, repeated = made(), made()
    w = torch.tensor([1.0, 2, 3, 1, 0, 1, 2, 1])
    again = torch.arange(8).repeat_interleave(w.long())
    weighted.step({**BATCH, "weights": w})
    repeated.step({name: x[again] for name, x in BATCH.items()})
    torch.testing.assert_close(weighted.module.weight, repeated.module.weight)


def test_what_was_saved_goes_on_to_the_bit():
    learner, other = made(), made(1)
    learner.step(BATCH)
    other.load_state_dict(copy.deepcopy(learner.state_dict()))
    learner.step(BATCH)
    other.step(BATCH)
    assert torch.equal(learner.module.weight, other.module.weight)
