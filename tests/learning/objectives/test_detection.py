"""The loss of windows: by its definition, and its gradient by differences."""

import pytest
import torch

from harmonium.data import overlaps
from harmonium.learning.objectives.detection import DetectionLoss, drawn
from harmonium.nets import Net, SlidingWindow
from harmonium.random import seeded

SOURCE = torch.Generator().manual_seed(0)
X = torch.randn(3, 1, 16, 20, generator=SOURCE, dtype=torch.float64)
BOXES = torch.tensor(
    [[[2.0, 3, 10, 11], [0, 0, 0, 0]], [[0, 0, 8, 8], [8, 6, 20, 16]], [[0] * 4] * 2]
)
LAYERS = [
    {"type": "conv2d", "out_channels": 3, "kernel_size": 3},
    "tanh",
    {"type": "avg_pool2d", "kernel_size": 2},
    "flatten",
    {"type": "linear", "out_features": 1},
]


@pytest.fixture
def net():
    with seeded(1):
        window = Net([1, 8, 8], LAYERS, outputs="probabilities")
        return SlidingWindow([1, 16, 20], window, scales=[1.0, 0.7]).double()


def batch():
    return {"x": X, "boxes": BOXES.double()}


def test_with_all_windows_drawn_it_is_the_mean_over_windows(net):
    windows = len(net.boxes)
    loss = DetectionLoss(
        near=0.5, far=0.3, objects=windows, candidates=windows, hardest=4, source=SOURCE
    )
    found = loss(net, batch())
    p = net(X).detach().sigmoid()
    best = overlaps(net.boxes, BOXES.double()).amax(2)
    for k in range(3):
        positive = -p[k][best[k] >= 0.5].log()
        negative = -(1 - p[k][best[k] < 0.3]).log()
        mean = positive.mean() if len(positive) else 0.0
        expected = 0.5 * mean + 0.5 * negative.sort(descending=True).values[:4].mean()
        assert float(found[k].detach()) == pytest.approx(float(expected), abs=1e-9)
    assert (best >= 0.5).sum(1).tolist()[2] == 0  # a scene without an object has no first term


def test_its_gradient_is_that_of_differences(net):
    loss = DetectionLoss(objects=4, candidates=10, hardest=3)  # the same draws each time
    parameters = [*net.parameters()]
    found = torch.autograd.grad(loss(net, batch()).sum(), parameters)
    with torch.no_grad():
        for p, gradient in zip(parameters, found, strict=True):
            for k in range(0, p.numel(), max(1, p.numel() // 5)):
                flat, old = p.view(-1), float(p.view(-1)[k])
                sides = []
                for step in (1e-6, -1e-6):
                    flat[k] = old + step
                    sides.append(float(loss(net, batch()).sum()))
                flat[k] = old
                slope = (sides[0] - sides[1]) / 2e-6
                assert slope == pytest.approx(float(gradient.view(-1)[k]), abs=1e-7)


def test_draws_are_of_what_is_allowed_and_even():
    allowed = torch.rand(1, 40, generator=SOURCE) < 0.4
    count = torch.zeros(40)
    for _ in range(600):
        at, there = drawn(allowed, 5, source=SOURCE)
        assert bool(there.all())
        assert bool(allowed[0, at[0]].all())
        assert len(at.unique()) == 5
        count[at[0]] += 1
    n = int(allowed.sum())
    expected = 600 * 5 / n
    deviation = (expected * (1 - 5 / n)) ** 0.5
    assert float((count[allowed[0]] - expected).abs().max()) < 4.5 * deviation
    few = drawn(torch.arange(40)[None] < 3, 5, source=SOURCE)[1]
    assert few.tolist() == [[True] * 3 + [False] * 2]
