"""A net on a whole picture equals the net on every window that is cut out."""

import pytest
import torch

from harmonium.nets import Net
from harmonium.nets.sliding import slid, step_of, window_counts
from harmonium.random import seeded

POOLED = [
    {"type": "conv2d", "out_channels": 4, "kernel_size": 5},
    "batch_norm2d",
    "relu",
    {"type": "max_pool2d", "kernel_size": 2},
    {"type": "conv2d", "out_channels": 5, "kernel_size": 3},
    "tanh",
    "flatten",
    {"type": "dropout", "p": 0.5},
    {"type": "linear", "out_features": 7},
    "relu",
    {"type": "linear", "out_features": 2},
]
STRIDES = [
    {"type": "conv2d", "out_channels": 3, "kernel_size": [5, 4], "stride": [3, 2]},
    {"type": "avg_pool2d", "kernel_size": 2, "stride": 1},
    {"type": "conv2d", "out_channels": 4, "kernel_size": 2, "dilation": 2, "bias": False},
    "leaky_relu",
    "flatten",
    {"type": "linear", "out_features": 2, "bias": False},
]
DENSE = [
    "flatten",
    {"type": "linear", "out_features": 6},
    "sigmoid",
    {"type": "linear", "out_features": 2},
]
NO_DENSE = [{"type": "conv2d", "out_channels": 2, "kernel_size": [15, 17]}, "flatten"]


def made(layers):
    with seeded(2):
        net = Net([2, 15, 17], layers, outputs="probabilities").double()
    source = torch.Generator().manual_seed(0)
    net(torch.randn(20, 2, 15, 17, generator=source, dtype=torch.float64))  # statistics
    return net.eval()


@pytest.mark.parametrize(
    ("layers", "step"), [(POOLED, (2, 2)), (STRIDES, (3, 2)), (DENSE, (1, 1)), (NO_DENSE, (1, 1))]
)
@torch.no_grad()
@pytest.mark.parametrize("size", [(15, 17), (24, 31), (33, 20)])
def test_outputs_are_those_of_every_window(layers, step, size):
    net = made(layers)
    x = torch.randn(3, 2, *size, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    found = slid(net, x)
    assert step_of(net) == step
    windows = x.unfold(2, 15, step[0]).unfold(3, 17, step[1])  # all windows that fit
    rows, columns = windows.shape[2:4]
    assert window_counts(net, size) == (rows, columns)
    cut = windows.permute(0, 2, 3, 1, 4, 5).reshape(-1, 2, 15, 17)
    expected = net(cut).reshape(3, rows, columns, 2).permute(0, 3, 1, 2)
    assert found.shape == expected.shape
    assert float((found - expected).abs().max()) < 1e-12
    assert float(found.std()) > 1e-3


def test_its_gradient_is_the_sum_over_windows():
    net = made(POOLED)
    x = torch.randn(1, 2, 19, 23, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    cut = x.unfold(2, 15, 2).unfold(3, 17, 2).permute(0, 2, 3, 1, 4, 5).reshape(-1, 2, 15, 17)
    ones = [net(cut).square().sum(), slid(net, x).square().sum()]
    by_windows, at_once = (torch.autograd.grad(one, [*net.parameters()]) for one in ones)
    for a, b in zip(by_windows, at_once, strict=True):
        assert torch.allclose(a, b, atol=1e-12)


@pytest.mark.parametrize(
    ("layers", "why"),
    [
        (
            [{"type": "conv2d", "out_channels": 2, "kernel_size": 3, "padding": 1}, "flatten"],
            "pads",
        ),
        ([{"type": "max_pool2d", "kernel_size": 2, "ceil_mode": True}, "flatten"], "ceil_mode"),
        ([{"type": "adaptive_avg_pool2d", "output_size": 1}, "flatten"], "does not slide"),
        ([{"type": "max_pool2d", "kernel_size": 2}, "flatten"], "maps of 7 x 8"),
        ([{"type": "linear", "out_features": 2}, "flatten"], "does not slide"),
        (
            ["flatten", {"type": "linear", "name": "a", "out_features": 4}, "relu"]
            + [{"type": "add", "inputs": ["a", "2"]}],
            "reads other layers",
        ),
    ],
)
def test_layers_that_see_more_than_their_window_are_refused(layers, why):
    with seeded(0), pytest.raises(ValueError, match=why):
        step_of(Net([2, 15, 17], layers, outputs="probabilities"))


def test_small_pictures_are_refused():
    with pytest.raises(ValueError, match="14 x 30, but the net reads windows of 15 x 17"):
        slid(made(DENSE), torch.zeros(1, 2, 14, 30, dtype=torch.float64))
    with seeded(0), pytest.raises(ValueError, match="channels, rows, columns"):
        step_of(Net([4], [{"type": "linear", "out_features": 1}]))
