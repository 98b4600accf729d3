"""Saliency: finite differences of the outputs; parameters keep their gradients."""

import torch

from harmonium.nets.seeing import saliency
from tests.nets.seeing.nets import conv_net, drawn


def test_against_finite_differences():
    net, x, of = conv_net(), drawn(2, 2, 8, 8), torch.tensor([2, 0])
    found = saliency(net, x, outputs=of)
    step = 1e-6
    bumps = step * torch.eye(128, dtype=torch.float64).reshape(128, 2, 8, 8)
    with torch.no_grad():
        for row, output in enumerate(of.tolist()):
            up, down = (net(x[row] + sign * bumps)[:, output] for sign in (1, -1))
            slope = ((up - down) / (2 * step)).reshape(2, 8, 8)
            torch.testing.assert_close(found[row], slope, atol=1e-8, rtol=1e-7)
    assert found.abs().max() > 0.01
    assert all(p.grad is None for p in net.parameters())


def test_without_outputs_it_is_of_the_largest():
    net, x = conv_net(), drawn(4, 2, 8, 8, seed=5)
    largest = net(x).argmax(1)
    assert saliency(net, x).equal(saliency(net, x, outputs=largest))
    with torch.no_grad():
        assert saliency(net, x).equal(saliency(net, x, outputs=largest))
