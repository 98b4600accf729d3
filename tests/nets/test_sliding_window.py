"""A sliding window: places of windows, cutting them out, and objects found at known places."""

import pytest
import torch

from harmonium.data import overlaps
from harmonium.nets import Net, SlidingWindow
from harmonium.nets.sliding_window import found
from harmonium.random import seeded

LAYERS = [
    {"type": "conv2d", "out_channels": 3, "kernel_size": 3},
    {"type": "max_pool2d", "kernel_size": 2},
    "tanh",
    "flatten",
    {"type": "linear", "out_features": 1},
]
SOURCE = torch.Generator().manual_seed(0)


def made(**settings):
    with seeded(0):
        window = Net([1, 8, 8], LAYERS, outputs="probabilities")
        return SlidingWindow([1, 24, 30], window, **settings).double().eval()


@torch.no_grad()
def test_windows_that_are_cut_out_give_the_same_logits():
    net = made()
    x = torch.randn(4, 1, 24, 30, generator=SOURCE, dtype=torch.float64)
    at = torch.randint(len(net.boxes), (4, 50), generator=SOURCE)
    cut = net.cut(x, at)
    assert cut.shape == (4, 50, 1, 8, 8)
    logits = net.window(cut.flatten(0, 1)).reshape(4, 50)
    assert float((logits - net(x).gather(1, at)).abs().max()) < 1e-12


def test_boxes_are_where_windows_were_cut_out():
    """At scale 1 the pixels are the same; a window of a smaller picture shows a larger part."""
    net = made(scales=[1.0, 0.5])
    x = torch.randn(1, 1, 24, 30, generator=SOURCE, dtype=torch.float64)
    size = net.boxes[:, 2] - net.boxes[:, 0]
    assert size.unique().tolist() == [8.0, 16.0]
    assert float(net.boxes[:, 2].max()) <= 30
    assert float(net.boxes[:, 3].max()) <= 24
    cut = net.cut(x, torch.arange(len(net.boxes))[None])[0, :, 0]
    for k in (0, 3, 17, 40):
        left, top, right, bottom = (int(v) for v in net.boxes[k].tolist())
        assert torch.equal(cut[k], x[0, 0, top:bottom, left:right])
    left, top, right, bottom = (int(v) for v in net.boxes[-1].tolist())
    part = x[0, 0, top:bottom, left:right]
    inner = torch.nn.functional.interpolate(
        part[None, None], (8, 8), mode="bilinear", antialias=True
    )[0, 0]
    assert torch.allclose(cut[-1][1:-1, 1:-1], inner[1:-1, 1:-1])  # its edge sees what is beside


@torch.no_grad()
def test_what_is_found_is_ordered_and_apart():
    net = made(overlap=0.2, most=12)
    x = torch.randn(5, 1, 24, 30, generator=SOURCE, dtype=torch.float64)
    boxes, scores = net.detect(x)
    assert boxes.shape == (5, 12, 4)
    assert torch.equal(scores, scores.sort(descending=True).values)
    apart = overlaps(boxes, boxes) - torch.diag_embed((scores > 0).double())
    assert float(apart.max()) <= 0.2 + 1e-12
    best = net(x).sigmoid().max(1)
    assert torch.equal(scores[:, 0], best.values)
    assert torch.equal(boxes[:, 0], net.boxes[best.indices])


def test_fewer_boxes_than_asked_for_leave_zeros():
    boxes = torch.tensor([[0.0, 0, 4, 4], [1, 0, 5, 4], [9, 9, 12, 12]])
    places, scores = found(boxes, torch.tensor([[0.5, 0.9, 0.2]]), overlap=0.3, most=5)
    assert scores.tolist() == [pytest.approx([0.9, 0.2, 0, 0, 0])]
    assert places[0].tolist() == [[1, 0, 5, 4], [9, 9, 12, 12], *[[0, 0, 0, 0]] * 3]


def test_a_bright_square_is_found_where_it_is():
    """A window that answers to a bright square on black, at its scale."""
    with seeded(0):
        window = Net(
            [1, 8, 8], ["flatten", {"type": "linear", "out_features": 1}], outputs="probabilities"
        )
    inner = torch.zeros(8, 8)
    inner[1:7, 1:7] = 1
    weight = torch.where(inner > 0, 0.5, -1.0)
    window.load_state_dict({"1.weight": weight.view(1, 64), "1.bias": torch.tensor([-9.0])})
    net = SlidingWindow([1, 24, 30], window, scales=[1.0, 0.5])
    x = torch.zeros(1, 1, 24, 30)
    x[0, 0, 2:8, 3:9] = 1
    x[0, 0, 8:20, 14:26] = 1
    boxes, scores = net.detect(x)
    true = torch.tensor([[2.0, 1, 10, 9], [12, 6, 28, 22]])
    assert (scores[0] > 0.5).sum() == 2
    assert float(overlaps(true, boxes[0, :2]).amax(1).min()) > 0.85


def test_wrong_settings_are_refused():
    with seeded(0):
        window = Net([1, 8, 8], LAYERS, outputs="probabilities")
        classes = Net([1, 8, 8], LAYERS)
    with pytest.raises(ValueError, match="outputs to probabilities"):
        SlidingWindow([1, 24, 30], classes)
    with pytest.raises(ValueError, match="as many channels"):
        SlidingWindow([3, 24, 30], window)
    with pytest.raises(ValueError, match="at none is a picture"):
        SlidingWindow([1, 24, 30], window, scales=[0.2])
    assert len(SlidingWindow([1, 24, 30], window, scales=[1.0, 0.2]).resizes) == 1
