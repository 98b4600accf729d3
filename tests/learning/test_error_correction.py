"""Rosenblatt's rule against an independent reference, and the laws that it obeys."""

import copy

import numpy as np
import pytest
import torch

from harmonium.learning import ErrorCorrection, linear_decay
from harmonium.nets import Perceptron

GATES = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)


def made(inputs, classes, *, rate=1.0, average=False):
    net = Perceptron(inputs, classes).double()
    return ErrorCorrection(net, torch.optim.SGD(net.parameters(), lr=rate), average=average)


def batch(x, y, rows):
    return {"x": x[rows], "y": y[rows]}


def drawn(n, d, classes, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((n, d)), rng.integers(classes, size=n)


def reference(x, y, *, classes, rates):
    """The online form in plain NumPy: all weights after every row, and the mistakes."""
    w, b = np.zeros((classes, x.shape[1])), np.zeros(classes)
    path, mistakes = [], 0
    for row, label, rate in zip(x, y, rates, strict=True):
        won = int(np.argmax(w @ row + b))
        if won != label:
            mistakes += 1
            w[label] += rate * row
            w[won] -= rate * row
            b[label] += rate
            b[won] -= rate
        path.append((w.copy(), b.copy()))
    return path, mistakes


@pytest.mark.parametrize("classes", [2, 5])
def test_the_online_form_is_the_reference_to_the_bit(classes):
    x, y = drawn(300, 7, classes)
    path, mistakes = reference(x, y, classes=classes, rates=[0.5] * 300)
    learner = made(7, classes, rate=0.5)
    rows, labels = torch.from_numpy(x), torch.from_numpy(y)
    found = sum(float(learner.step(batch(rows, labels, [k]))["mistakes"]) for k in range(300))
    assert found == mistakes > 100
    assert np.array_equal(learner.module.weight.detach().numpy(), path[-1][0])
    assert np.array_equal(learner.module.bias.detach().numpy(), path[-1][1])


def test_the_average_is_the_mean_over_all_updates():
    """Right decisions count too: a weight that lasts long has a large share."""
    x, y = drawn(200, 7, 3)
    path, _ = reference(x, y, classes=3, rates=[1.0] * 200)
    learner = made(7, 3, average=True)
    rows, labels = torch.from_numpy(x), torch.from_numpy(y)
    for k in range(200):
        learner.step(batch(rows, labels, [k]))
    mean = np.mean([w for w, _ in path], 0)
    np.testing.assert_allclose(learner.module.weight.detach().numpy(), mean, rtol=0, atol=1e-12)
    assert np.array_equal(learner.raw.weight.detach().numpy(), path[-1][0])
    assert np.abs(mean - path[-1][0]).max() > 0.1


def test_a_schedule_changes_the_rate():
    x, y = drawn(40, 3, 2)
    path, _ = reference(x, y, classes=2, rates=[1 - k / 40 for k in range(40)])
    learner = made(3, 2)
    schedule = linear_decay(learner.optimiser, 40)
    for k in range(40):
        learner.step(batch(torch.from_numpy(x), torch.from_numpy(y), [k]))
        schedule.step()
    np.testing.assert_allclose(learner.module.weight.detach().numpy(), path[-1][0], atol=1e-12)


def test_the_batch_form_adds_the_mean_of_all_corrections():
    x, y = drawn(30, 4, 3)
    learner = made(4, 3, rate=2.0)
    rows, labels = torch.from_numpy(x), torch.from_numpy(y)
    start = torch.randn(3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    with torch.no_grad():
        learner.module.weight.copy_(start)
    won = (rows @ start.mT).argmax(1)
    expected = start.clone()
    for k in range(30):
        if won[k] != labels[k]:
            expected[labels[k]] += 2 / 30 * rows[k]
            expected[won[k]] -= 2 / 30 * rows[k]
    share = learner.step({"x": rows, "y": labels})["mistakes"]
    torch.testing.assert_close(learner.module.weight.detach(), expected)
    assert float(share) == pytest.approx(float((won != labels).double().mean()))


def test_weights_of_rows_count_like_repeated_rows():
    x, y = drawn(4, 3, 2)
    rows, labels = torch.from_numpy(x), torch.from_numpy(y)
    one, other = made(3, 2), made(3, 2)
    weights = torch.tensor([2.0, 0, 1, 1], dtype=torch.float64)
    one.step({"x": rows, "y": labels, "weights": weights})
    other.step(batch(rows, labels, [0, 0, 2, 3]))
    torch.testing.assert_close(one.module.weight, other.module.weight)


@pytest.mark.parametrize("average", [False, True])
def test_what_was_saved_goes_on_to_the_bit(average):
    x, y = drawn(60, 5, 3)
    rows, labels = torch.from_numpy(x), torch.from_numpy(y)
    one, other = (made(5, 3, average=average) for _ in range(2))
    for k in range(30):
        one.step(batch(rows, labels, [k]))
    other.load_state_dict(copy.deepcopy(one.state_dict()))
    for k in range(30, 60):
        one.step(batch(rows, labels, [k]))
        other.step(batch(rows, labels, [k]))
    assert torch.equal(one.module.weight, other.module.weight)
    assert torch.equal(one.raw.weight, other.raw.weight)


# --- laws --------------------------------------------------------------------------------------


def passes(learner, x, y, *, most):
    """Mistakes until a pass has none, and whether there was such a pass."""
    total = 0
    for _ in range(most):
        wrong = sum(float(learner.step(batch(x, y, [k]))["mistakes"]) for k in range(len(x)))
        total += wrong
        if not wrong:
            return total, True
    return total, False


@pytest.mark.parametrize("seed", range(8))
def test_no_more_mistakes_than_the_margin_allows(seed):
    """Novikoff, 1962: at most (R / gamma)^2 on separable rows, the bias as one more input of 1."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 6))
    u = rng.standard_normal(d + 1)
    u /= np.linalg.norm(u)
    x = rng.uniform(-1, 1, (200, d))
    reach = np.c_[x, np.ones(200)] @ u
    kept = np.abs(reach) > 0.05
    x, reach = x[kept], reach[kept]
    gamma = np.abs(reach).min()
    radius = np.linalg.norm(np.c_[x, np.ones(len(x))], axis=1).max()
    learner = made(d, 2)
    labels = torch.from_numpy((reach > 0).astype(int))
    mistakes, converged = passes(learner, torch.from_numpy(x), labels, most=10_000)
    assert converged
    assert 0 < mistakes <= (radius / gamma) ** 2


@pytest.mark.parametrize("gate", [[0, 0, 0, 1], [0, 1, 1, 1]])
def test_and_and_or_are_learned(gate):
    y = torch.tensor(gate)
    learner = made(2, 2)
    _, converged = passes(learner, GATES, y, most=50)
    assert converged
    assert torch.equal(learner.module.decide(GATES), y)


def test_xor_is_not():
    learner = made(2, 2)
    mistakes, converged = passes(learner, GATES, torch.tensor([0, 1, 1, 0]), most=500)
    assert not converged
    assert mistakes > 500


def test_averaging_helps_where_rows_overlap():
    """Test error on two overlapping clouds. Measured: last weights 25 %, their mean 18 %."""
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=1500)
    x = rng.standard_normal((1500, 5)) + (2 * y[:, None] - 1) / 5**0.5
    rows, labels = torch.from_numpy(x), torch.from_numpy(y)
    last, mean = made(5, 2), made(5, 2, average=True)
    for k in range(500):
        for learner in (last, mean):
            learner.step(batch(rows, labels, [k]))
    errors = [
        float((learner.module.decide(rows[500:]) != labels[500:]).double().mean())
        for learner in (last, mean)
    ]
    assert errors[1] < errors[0] - 0.01


def corrector():
    net = Perceptron(3, 2).double()
    return ErrorCorrection(net, torch.optim.SGD(net.parameters(), lr=1.0))


def test_weights_count_in_the_bias_and_in_the_mistakes():
    x = torch.eye(4, 3, dtype=torch.float64)
    y = torch.tensor([1, 0, 1, 0])  # all are decided 0 before the first update
    weights = torch.tensor([2.0, 0, 1, 1], dtype=torch.float64)
    one, other, rows = corrector(), corrector(), [0, 0, 2, 3]
    found = one.step({"x": x, "y": y, "weights": weights})
    expected = other.step({"x": x[rows], "y": y[rows]})
    assert torch.equal(one.module.bias, other.module.bias)
    assert float(found["mistakes"]) == float(expected["mistakes"]) == 0.75
