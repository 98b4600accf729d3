"""Nets with fixed features: sizes and kinds of outputs."""

import pytest
import torch

from harmonium.nets import ExtremeLearningMachine, RadialBasisNet


@pytest.mark.parametrize("kind", [ExtremeLearningMachine, RadialBasisNet])
def test_outputs_are_linear_in_the_features(kind):
    net = kind([4, 6, 3])
    with torch.no_grad():
        net.weight.normal_(generator=torch.Generator().manual_seed(0))
        net.bias.fill_(0.5)
    x = torch.rand(5, 4, generator=torch.Generator().manual_seed(1))
    torch.testing.assert_close(net(x), net.activities(x)["h1"] @ net.weight.mT + 0.5)
    assert torch.equal(net.decide(x), net(x).argmax(1))
    assert net.units == (4, 6, 3)
    assert net.output_kind == "indicators"
    assert kind([4, 6, 3], outputs="values").output_kind == "values"
    assert {*dict(net.named_parameters())} == {"weight", "bias"}


def test_two_sizes_are_refused():
    with pytest.raises(ValueError, match="give three sizes"):
        RadialBasisNet([4, 3])
