"""A bias at every place."""

import torch

from harmonium.nets.bias_map import BiasMap


def test_each_place_has_its_own_bias_and_its_own_gradient():
    part = BiasMap([2, 3, 3])
    x = torch.randn(4, 2, 3, 3, generator=torch.Generator().manual_seed(0))
    assert torch.equal(part(x), x)
    with torch.no_grad():
        part.bias.copy_(torch.arange(18.0).reshape(2, 3, 3))
    assert torch.equal(part(x) - x - part.bias, part(x) - x - part.bias.expand(4, -1, -1, -1))
    torch.testing.assert_close(part(x)[:, 1, 2, 0], x[:, 1, 2, 0] + 15)
    part(x).sum().backward()
    assert torch.equal(part.bias.grad, torch.full((2, 3, 3), 4.0))
    assert list(part.state_dict()) == ["bias"]
