"""The supervised step: the loss it reports, and the update it makes."""

import pytest
import torch
from torch import nn

from harmonium.learning import Classify
from tests.laws.specimens import numbers


def net():
    linear = nn.Linear(3, 4).double()
    with torch.no_grad():
        linear.weight.copy_(numbers(4, 3, seed=1))
        linear.bias.copy_(numbers(4, seed=2))
    return linear


def updated(batch, *, rate=0.1):
    """(loss, weight, bias) after one update by plain gradient descent."""
    model = net()
    loss = Classify(model, torch.optim.SGD(model.parameters(), lr=rate))(batch)
    return loss, model.weight.detach(), model.bias.detach()


X = numbers(5, 3, seed=3)
LABELS = torch.tensor([0, 3, 1, 1, 2])


def by_hand(x, labels, weights):
    """The same by the softmax rule: d loss / d logits = p - y."""
    start = net()
    logits = (x @ start.weight.mT + start.bias).detach()
    log_p = torch.log_softmax(logits, 1)
    loss = -(weights * log_p[torch.arange(len(x)), labels]).sum()
    slope = weights[:, None] * (log_p.exp() - nn.functional.one_hot(labels, 4))
    return (
        loss,
        start.weight.detach() - 0.1 * slope.mT @ x,
        start.bias.detach() - 0.1 * slope.sum(0),
    )


def test_one_update_is_a_step_down_the_mean_cross_entropy():
    found = updated((X, LABELS))
    expected = by_hand(X, LABELS, torch.full((5,), 0.2, dtype=torch.float64))
    for one, other in zip(found, expected, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-12)
    assert not found[0].requires_grad


def test_weights_are_a_weighted_mean():
    weights = torch.tensor([1.0, 2.0, 0.0, 3.0, 4.0], dtype=torch.float64)
    found = updated((X, LABELS, weights))
    expected = by_hand(X, LABELS, weights / 10)
    for one, other in zip(found, expected, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-12)


def test_weights_count_like_repeated_rows():
    weighted = updated((X, LABELS, torch.tensor([1.0, 2, 0, 3, 1], dtype=torch.float64)))
    rows = [0, 1, 1, 3, 3, 3, 4]
    repeated = updated((X[rows], LABELS[rows]))
    for one, other in zip(weighted, repeated, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-12)


def test_gradients_do_not_pile_up():
    model = net()
    step = Classify(model, torch.optim.SGD(model.parameters(), lr=0.1))
    step((X, LABELS))
    expected = model.weight.detach().clone()
    again = nn.Linear(3, 4).double()
    again.load_state_dict(model.state_dict())
    loss = nn.functional.cross_entropy(again(X), LABELS)
    loss.backward()
    assert float(step((X, LABELS))) == pytest.approx(float(loss.detach()), abs=1e-12)
    assert torch.allclose(model.weight, expected - 0.1 * again.weight.grad, rtol=0, atol=1e-12)
