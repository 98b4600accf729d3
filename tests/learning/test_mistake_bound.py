"""Novikoff's bound: the numbers of the gates, and that no perceptron ever exceeds it."""

import math

import numpy as np
import pytest
import torch

from harmonium.learning import ErrorCorrection, mistake_bound
from harmonium.nets import Perceptron

SQUARE = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])


@pytest.mark.parametrize(
    ("y", "weight", "margin", "mistakes"),
    [
        ([0, 0, 0, 1], [2, 2, -3], 1 / math.sqrt(17), 51),
        ([1, 1, 1, 0], [-2, -2, 3], 1 / math.sqrt(17), 51),
        ([0, 1, 1, 1], [2, 2, -1], 1 / 3, 27),
    ],
)
def test_the_numbers_of_the_gates(y, weight, margin, mistakes):
    bound = mistake_bound(SQUARE, y)
    assert bound.radius == pytest.approx(math.sqrt(3))
    assert bound.margin == pytest.approx(margin)
    assert bound.mistakes == pytest.approx(mistakes)
    np.testing.assert_allclose(bound.weight, np.array(weight) / np.linalg.norm(weight), atol=1e-9)


def test_there_is_no_bound_without_a_plane():
    assert mistake_bound(SQUARE, [0, 1, 1, 0]) is None
    with pytest.raises(ValueError, match="two classes"):
        mistake_bound(SQUARE, [0, 1, 2, 0])


def separated(seed):
    """Rows in 2 to 5 dimensions at a distance of at least .05 from a random plane."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 6))
    u = rng.standard_normal(d + 1)
    u[-1] *= 0.1  # so that both classes have rows
    u /= np.linalg.norm(u)
    x = rng.uniform(-1, 1, (200, d))
    reach = np.c_[x, np.ones(200)] @ u
    kept = np.abs(reach) > 0.05
    return x[kept], (reach[kept] > 0).astype(int), u


@pytest.mark.parametrize("seed", range(5))
def test_no_other_plane_has_a_larger_margin(seed):
    x, y, known = separated(seed)
    rows = np.where(y > 0, 1, -1)[:, None] * np.c_[x, np.ones(len(x))]
    bound = mistake_bound(x, y)
    assert (rows @ bound.weight).min() == pytest.approx(bound.margin)
    assert np.linalg.norm(bound.weight) == pytest.approx(1)
    assert bound.margin >= (rows @ known).min()
    near = bound.weight + 0.01 * np.random.default_rng(seed).standard_normal((200, len(known)))
    near /= np.linalg.norm(near, axis=1, keepdims=True)
    assert (rows @ near.T).min(0).max() <= bound.margin + 1e-9


def mistakes(x, y, *, rate):
    """Mistakes of the online form until a pass has none."""
    net = Perceptron(x.shape[1], 2).double()
    learner = ErrorCorrection(net, torch.optim.SGD(net.parameters(), lr=rate), sequential=True)
    rows = {"x": torch.from_numpy(x), "y": torch.from_numpy(y)}
    for _ in range(10_000):
        if not float(learner.step(rows)["mistakes"]):
            return int(learner.mistakes)
    raise AssertionError("no pass without a mistake")


@pytest.mark.parametrize("seed", range(50))
def test_no_more_mistakes_than_the_margin_allows(seed):
    """Any constant rate makes the same mistakes."""
    x, y, _ = separated(seed)
    made = mistakes(x, y, rate=1.0)
    assert 0 < made <= mistake_bound(x, y).mistakes
    if seed < 5:
        assert mistakes(x, y, rate=0.25) == made


def test_a_wrong_bound_is_caught():
    """A thousandth of the bound is exceeded by nearly all sets, so the law above can fail."""
    broken = 0
    for seed in range(10):
        x, y, _ = separated(seed)
        broken += mistakes(x, y, rate=1.0) > mistake_bound(x, y).mistakes / 1000
    assert broken >= 8
