"""A linear classifier of windows finds bright squares of one size."""

from types import SimpleNamespace

import torch

from harmonium.baselines.linear_windows import LinearWindows
from harmonium.data import Boxes, DataSet, Examples, Picture
from harmonium.nets import Net, SlidingWindow
from harmonium.random import seeded


def rows(n, source):
    """A bright square of 6 x 6 at an even place of each scene, on noise."""
    place = 2 * torch.randint(0, 9, (n, 2), generator=source)
    x = 0.3 * torch.rand(n, 24, 24, generator=source)
    y = torch.arange(24)
    inside = (y > place[:, :1]) & (y < place[:, :1] + 7)
    across = (y > place[:, 1:]) & (y < place[:, 1:] + 7)
    x = torch.where(inside[:, :, None] & across[:, None], 0.8, x)
    top, left = place.float().T
    boxes = torch.stack([left, top, left + 8, top + 8], 1)
    return Examples({"x": x.flatten(1), "boxes": boxes})


def test_squares_are_found():
    source = torch.Generator().manual_seed(0)
    columns = {"x": Picture((1, 24, 24)), "boxes": Boxes((1, 4))}
    data = DataSet("squares", rows(30, source), test=rows(20, source), columns=columns)
    layers = [{"type": "max_pool2d", "kernel_size": 2}, "flatten"]
    layers.append({"type": "linear", "out_features": 1})
    with seeded(0):
        net = SlidingWindow([1, 24, 24], Net([1, 8, 8], layers, outputs="probabilities"))
    trial = SimpleNamespace(
        data=data, able=lambda *_: SimpleNamespace(net=net), source=lambda _: source
    )
    found = LinearWindows(max_iter=100)(trial)
    assert found["detection_precision"] > 0.95
    assert found["objects"] == 20
