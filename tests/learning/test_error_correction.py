"""Rosenblatt's rule against an independent reference, and the laws that it obeys."""

import copy

import numpy as np
import pytest
import torch

from harmonium.learning import ErrorCorrection, Pocket, each, linear_decay
from harmonium.nets import ElementaryPerceptron, Perceptron

GATES = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]], dtype=torch.float64)


def made(inputs, classes, *, rate=1.0, **settings):
    net = Perceptron(inputs, classes).double()
    return ErrorCorrection(net, torch.optim.SGD(net.parameters(), lr=rate), **settings)


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


# --- one row after the other ------------------------------------------------------------------


@pytest.mark.parametrize("average", [False, True])
@pytest.mark.parametrize("size", [7, 100])
def test_rows_in_turn_are_the_online_form(average, size):
    x, y = drawn(300, 7, 4)
    rows, labels = torch.from_numpy(x), torch.from_numpy(y)
    weights = torch.rand(300, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    online = made(7, 4, rate=0.5, average=average)
    turned = made(7, 4, rate=0.5, average=average, sequential=True)
    mistakes = [0.0, 0.0]
    for k in range(300):
        given = {**batch(rows, labels, [k]), "weights": weights[[k]]}
        mistakes[0] += float(online.step(given)["mistakes"])
    for start in range(0, 300, size):
        part = slice(start, start + size)
        given = {**batch(rows, labels, part), "weights": weights[part]}
        mistakes[1] += float(turned.step(given)["mistakes"]) * len(given["x"])
    for mine, theirs in ((online.module, turned.module), (online.raw, turned.raw)):
        torch.testing.assert_close(mine.weight, theirs.weight, rtol=0, atol=1e-11)
        torch.testing.assert_close(mine.bias, theirs.bias, rtol=0, atol=1e-11)
    assert mistakes[0] == pytest.approx(mistakes[1])
    assert int(online.mistakes) == int(turned.mistakes) > 100


def test_rows_in_turn_need_plain_sgd():
    net = Perceptron(2, 2)
    for optimiser in (
        torch.optim.Adam(net.parameters()),
        torch.optim.SGD(net.parameters(), lr=1.0, momentum=0.9),
    ):
        with pytest.raises(ValueError, match="take sgd with a rate alone"):
            ErrorCorrection(net, optimiser, sequential=True)


# --- one unit by Rosenblatt's rule, on at zero ------------------------------------------------

PATHS = {
    "and": [(0, 0, -1), (1, 1, 0), (1, 1, -1), (1, 0, -2), (2, 1, -1), (2, 0, -2), (1, 0, -3),
            (2, 1, -2), (1, 1, -3), (2, 2, -2), (2, 1, -3)],
    "or": [(0, 0, -1), (0, 1, 0), (0, 1, -1), (1, 1, 0), (1, 1, -1)],
}  # fmt: skip
"""Both weights and the bias after every mistake, rows in the order 00, 01, 10, 11."""


def path(y, *, passes):
    """Weights of the unit of class 1 after each of its changes, and the passes until none."""
    learner = made(2, 2, correction=each)
    seen, last = [], [0.0, 0.0, 0.0]
    for done in range(passes):
        before = len(seen)
        for k in range(4):
            learner.step(batch(GATES, torch.tensor(y), [k]))
            net = learner.module
            now = [*net.weight[1].tolist(), *net.bias[1:].tolist()]
            if now != last:
                seen.append(tuple(now))
                last = now
        if len(seen) == before:
            return done, seen
    return None, seen


def test_the_path_of_and_is_known():
    assert path([0, 0, 0, 1], passes=20) == (5, PATHS["and"])


def test_the_path_of_or_is_known():
    assert path([0, 1, 1, 1], passes=20) == (3, PATHS["or"])


def test_xor_goes_round_in_a_circle():
    done, seen = path([0, 1, 1, 0], passes=100)
    assert done is None
    assert len(seen) == 398
    assert len(set(seen)) < 10


# --- pocket and features ----------------------------------------------------------------------


def test_the_pocket_has_the_weights_of_the_longest_run():
    """Against a plain count in NumPy."""
    x, y = drawn(400, 3, 2, seed=3)
    states, _ = reference(x, y, classes=2, rates=[1.0] * 400)
    best, longest, run, now = np.zeros((2, 3)), 0, 0, np.zeros((2, 3))
    for weight, _ in states:
        run = run + 1 if np.array_equal(weight, now) else 0
        now = weight
        if run > longest:
            best, longest = weight, run
    learner = made(3, 2, pocket=Pocket())
    for start in range(0, 400, 32):
        part = slice(start, start + 32)
        learner.step(batch(torch.from_numpy(x), torch.from_numpy(y), part))
    assert learner.pocket.longest == longest > 3
    np.testing.assert_allclose(learner.module.weight.detach().numpy(), best, atol=1e-12)
    assert np.abs(learner.raw.weight.detach().numpy() - best).max() > 0.1


def test_an_average_and_a_pocket_are_not_taken_together():
    with pytest.raises(ValueError, match="take one of them"):
        made(2, 2, average=True, pocket=Pocket())


@pytest.mark.parametrize("settings", [{"sequential": True}, {"pocket": Pocket}])
def test_rows_in_turn_go_on_to_the_bit(settings):
    x, y = drawn(60, 5, 3)
    rows, labels = torch.from_numpy(x), torch.from_numpy(y)
    pair = [
        made(5, 3, **{name: s() if s is Pocket else s for name, s in settings.items()})
        for _ in range(2)
    ]
    pair[0].step(batch(rows, labels, slice(30)))
    pair[1].load_state_dict(copy.deepcopy(pair[0].state_dict()))
    for learner in pair:
        learner.step(batch(rows, labels, slice(30, 60)))
    one, other = pair
    assert torch.equal(one.module.weight, other.module.weight)
    assert torch.equal(one.raw.weight, other.raw.weight)
    assert int(one.mistakes) == int(other.mistakes) > 10


def test_the_rule_works_on_the_features_of_a_net():
    """Only the layer of responses moves, by the features."""
    net = ElementaryPerceptron(2, 6, classes=2, links=2).double()
    net.set_thresholds(GATES)
    fixed = net.connections.clone()
    learner = ErrorCorrection(net, torch.optim.SGD(net.parameters(), lr=1.0))
    learner.step(batch(GATES, torch.tensor([0, 1, 1, 0]), [1]))
    assert torch.equal(net.connections, fixed)
    assert torch.equal(net.weight[1], net.features(GATES)[1])
    assert torch.equal(net.weight[0], -net.features(GATES)[1])
