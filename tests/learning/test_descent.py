"""Gradient descent on an objective: the loss it reports, and the update it makes."""

import copy

import pytest
import torch
from torch import nn

from harmonium.learning import Descent, cross_entropy
from tests.laws.specimens import numbers

X = numbers(5, 3, seed=3)
LABELS = torch.tensor([0, 3, 1, 1, 2])
BATCH = {"x": X, "y": LABELS}


def made(*, momentum=0.0, seed=1):
    linear = nn.Linear(3, 4).double()
    with torch.no_grad():
        linear.weight.copy_(numbers(4, 3, seed=seed))
        linear.bias.copy_(numbers(4, seed=2))
    optimiser = torch.optim.SGD(linear.parameters(), lr=0.1, momentum=momentum)
    return Descent(linear, optimiser, cross_entropy)


def updated(batch):
    """(loss, weight, bias) after one update by plain gradient descent."""
    learner = made()
    loss = learner.step(batch)["loss"]
    return loss, learner.module.weight.detach(), learner.module.bias.detach()


def by_hand(x, labels, weights):
    """The same by the softmax rule: d loss / d logits = p - y."""
    start = made().module
    logits = (x @ start.weight.mT + start.bias).detach()
    log_p = torch.log_softmax(logits, 1)
    loss = -(weights * log_p[torch.arange(len(x)), labels]).sum()
    slope = weights[:, None] * (log_p.exp() - nn.functional.one_hot(labels, 4))
    return (
        loss,
        start.weight.detach() - 0.1 * slope.mT @ x,
        start.bias.detach() - 0.1 * slope.sum(0),
    )


def check_equal(found, expected):
    for one, other in zip(found, expected, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-12)


def test_one_update_is_a_step_down_the_mean_loss():
    found = updated(BATCH)
    check_equal(found, by_hand(X, LABELS, torch.full((5,), 0.2, dtype=torch.float64)))
    assert not found[0].requires_grad


def test_weights_are_a_weighted_mean():
    weights = torch.tensor([1.0, 2.0, 0.0, 3.0, 4.0], dtype=torch.float64)
    check_equal(updated({**BATCH, "weights": weights}), by_hand(X, LABELS, weights / 10))


def test_weights_count_like_repeated_rows():
    weights = torch.tensor([1.0, 2, 0, 3, 1], dtype=torch.float64)
    rows = [0, 1, 1, 3, 3, 3, 4]
    repeated = {name: x[rows] for name, x in BATCH.items()}
    check_equal(updated({**BATCH, "weights": weights}), updated(repeated))


def test_gradients_do_not_pile_up():
    learner = made()
    learner.step(BATCH)
    expected = learner.module.weight.detach().clone()
    again = nn.Linear(3, 4).double()
    again.load_state_dict(learner.module.state_dict())
    loss = nn.functional.cross_entropy(again(X), LABELS)
    loss.backward()
    assert float(learner.step(BATCH)["loss"]) == pytest.approx(float(loss.detach()), abs=1e-12)
    weight = learner.module.weight
    assert torch.allclose(weight, expected - 0.1 * again.weight.grad, rtol=0, atol=1e-12)


def test_what_was_saved_goes_on_to_the_bit():
    learner, other = made(momentum=0.9), made(momentum=0.9, seed=5)
    learner.step(BATCH)
    other.load_state_dict(copy.deepcopy(learner.state_dict()))
    learner.step(BATCH)
    other.step(BATCH)
    assert torch.equal(learner.module.weight, other.module.weight)


# --- options ----------------------------------------------------------------------------------


def optional(**options):
    learner = made()
    return Descent(learner.module, learner.optimiser, cross_entropy, **options)


@pytest.mark.parametrize("parts", [2, 3, 5, 9])
@pytest.mark.parametrize("weighted", [False, True])
def test_parts_of_a_batch_give_the_update_of_the_whole(parts, weighted):
    weights = torch.tensor([1.0, 2, 0, 3, 4], dtype=torch.float64)
    batch = {**BATCH, "weights": weights} if weighted else BATCH
    learner = optional(parts=parts)
    loss = learner.step(batch)["loss"]
    check_equal((loss, learner.module.weight, learner.module.bias), updated(batch))
    assert not loss.requires_grad


def test_weights_of_parts_are_checked():
    weights = torch.tensor([1.0, -2, 0, 3, 4], dtype=torch.float64)
    with pytest.raises(ValueError, match="weight"):
        optional(parts=2).step({**BATCH, "weights": weights})


def test_a_gradient_is_clipped_to_its_largest_norm():
    start = made().module.weight.detach(), made().module.bias.detach()
    (_, *plain), clipped, loose = updated(BATCH), optional(clip=0.01), optional(clip=1e6)
    clipped.step(BATCH)
    loose.step(BATCH)
    moves = [a - b for a, b in zip(plain, start, strict=True)]
    found = [p.detach() - b for p, b in zip(clipped.module.parameters(), start, strict=True)]
    length = torch.cat([m.flatten() for m in found]).norm()
    assert float(length) == pytest.approx(0.1 * 0.01, rel=1e-3)
    ratio = length / torch.cat([m.flatten() for m in moves]).norm()
    for one, other in zip(found, moves, strict=True):
        torch.testing.assert_close(one, other * ratio)
    for one, other in zip(loose.module.parameters(), plain, strict=True):
        assert torch.equal(one, other)


def test_mixed_precision_is_near_full_precision_and_keeps_the_parameters():
    full, mixed = made(), optional(precision="mixed")
    for learner in (full, mixed):
        learner.module.float()
    batch = {**BATCH, "x": X.float()}
    losses = [learner.step(batch)["loss"] for learner in (full, mixed)]
    assert mixed.module.weight.dtype == losses[1].dtype == torch.float32
    assert float(losses[0]) == pytest.approx(float(losses[1]), rel=0.01)
    assert not torch.equal(full.module.weight, mixed.module.weight)
    gap = (full.module.weight - mixed.module.weight).norm()
    moved = (full.module.weight - made().module.weight).norm()
    assert float(gap.detach()) < 0.02 * float(moved.detach())
