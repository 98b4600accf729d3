"""The deconvolution view against unpooling and transposed kernels, written out."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from harmonium.nets.seeing import deconvolution, saliency
from tests.nets.seeing.nets import conv_net, drawn


def reference(net, x, layer, unit):
    """Zeiler and Fergus by hand: switches, rectified signals, transposed kernels."""
    a = functional.conv2d(x, net[0].weight, net[0].bias, padding=1)
    b, switches = functional.max_pool2d(a.relu(), 2, return_indices=True)
    c = functional.conv2d(b, net[3].weight, net[3].bias)
    top = {3: c, 4: c.relu(), 0: a}[layer]
    only = torch.zeros_like(top)
    best = int(top[0, unit].argmax())
    only[0, unit].view(-1)[best] = top[0, unit].view(-1)[best]
    if layer == 0:
        return functional.conv_transpose2d(only, net[0].weight, padding=1)
    if layer == 4:
        only = only.relu()
    signal = functional.conv_transpose2d(only, net[3].weight)
    signal = functional.max_unpool2d(signal, switches, 2, output_size=a.shape[2:])
    return functional.conv_transpose2d(signal.relu(), net[0].weight, padding=1)


@pytest.mark.parametrize("layer", [0, 3, 4])
def test_against_transposed_kernels_and_switches(layer):
    net, x = conv_net(), drawn(5, 2, 8, 8)
    units = torch.tensor([0, 1, 2, 3, 1])
    found = deconvolution(net, x, layer=str(layer), units=units)
    for row in range(5):
        with torch.no_grad():
            expected = reference(net, x[row : row + 1], layer, int(units[row]))
        torch.testing.assert_close(found[row], expected[0], atol=1e-12, rtol=0)
    assert found.flatten(1).norm(dim=1).max() > 0.1


def test_the_signal_is_rectified_and_the_gradient_is_not():
    net, x = conv_net(), drawn(4, 2, 8, 8)
    of = net(x).argmax(1)
    value = net(x).amax(1).detach().reshape(-1, 1, 1, 1)
    view = deconvolution(net, x, layer="6", units=of)
    assert not torch.allclose(view, value * saliency(net, x, outputs=of))
    # without rectified units, both are the gradient times the activity
    smooth = nn.Sequential(net[0], nn.Tanh(), net[2], net[3], nn.Tanh(), net[5], net[6])
    of = smooth(x).argmax(1)
    value = smooth(x).amax(1).detach().reshape(-1, 1, 1, 1)
    expected = value * saliency(smooth, x, outputs=of)
    torch.testing.assert_close(deconvolution(smooth, x, layer="6", units=of), expected)


class Functional(nn.Module):
    """The same net with functions in place of modules."""

    def __init__(self, net):
        super().__init__()
        self.first, self.second, self.last = net[0], net[3], net[6]

    def forward(self, x):
        h = functional.max_pool2d(functional.relu(self.first(x), inplace=True), 2)
        return self.last(torch.relu(self.second(h)).flatten(1))


def test_functions_are_rectified_units_too():
    net, x, units = conv_net(), drawn(3, 2, 8, 8), torch.tensor([0, 1, 2])
    expected = deconvolution(net, x, layer="6", units=units)
    assert deconvolution(Functional(net), x, layer="last", units=units).equal(expected)
    # afterwards, gradients are gradients again
    assert saliency(Functional(net), x).equal(saliency(net, x))
    with pytest.raises(ValueError, match="units 0 to 4"):
        deconvolution(net, x, layer="3", units=torch.tensor([0, 5, 0]))
