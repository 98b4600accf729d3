"""Dense nets: exact counts, the names of public checkpoints, and an independent reference."""

import pytest
import torch
from torch.nn import functional

from harmonium.errors import UsageError
from harmonium.nets.architectures import (
    cifar_densenet,
    densenet121,
    densenet161,
    densenet169,
    densenet201,
)
from tests.nets.architectures.counted import (
    batch_norm,
    count,
    normed,
    outlined,
    pictures,
    shaken,
    shapes,
)

NETS = {
    densenet121: ((6, 12, 24, 16), 32, 64, 7_978_856),
    densenet161: ((6, 12, 36, 24), 48, 96, 28_681_000),
    densenet169: ((6, 12, 32, 32), 32, 64, 14_149_480),
    densenet201: ((6, 12, 48, 32), 32, 64, 20_013_928),
}


def tensors(blocks, growth, channels):
    """Names and shapes of torchvision's checkpoint, by rule."""
    top = "features"
    found = {f"{top}.conv0.weight": (channels, 3, 7, 7), **normed(f"{top}.norm0", channels)}
    for b, layers in enumerate(blocks):
        for i in range(layers):
            name = f"{top}.denseblock{b + 1}.denselayer{i + 1}"
            found |= normed(f"{name}.norm1", channels)
            found[f"{name}.conv1.weight"] = (4 * growth, channels, 1, 1)
            found |= normed(f"{name}.norm2", 4 * growth)
            found[f"{name}.conv2.weight"] = (growth, 4 * growth, 3, 3)
            channels += growth
        if b < 3:
            name = f"{top}.transition{b + 1}"
            found |= normed(f"{name}.norm", channels)
            found[f"{name}.conv.weight"] = (channels // 2, channels, 1, 1)
            channels //= 2
    found |= normed(f"{top}.norm5", channels)
    return found | {"classifier.weight": (1000, channels), "classifier.bias": (1000,)}


@pytest.mark.parametrize("make", NETS)
def test_names_shapes_and_counts_are_those_of_public_checkpoints(make):
    *rule, parameters = NETS[make]
    net = outlined(make)
    assert shapes(net) == tensors(*rule)
    assert count(net) == parameters


def reference(state, x, blocks):
    """DenseNet from its state dict alone."""
    conv = functional.conv2d
    x = conv(x, state["features.conv0.weight"], stride=2, padding=3)
    x = functional.max_pool2d(batch_norm(state, "features.norm0", x).relu(), 3, 2, 1)
    for b, layers in enumerate(blocks):
        for i in range(layers):
            name = f"features.denseblock{b + 1}.denselayer{i + 1}"
            y = batch_norm(state, f"{name}.norm1", x).relu()
            y = batch_norm(state, f"{name}.norm2", conv(y, state[f"{name}.conv1.weight"])).relu()
            x = torch.cat([x, conv(y, state[f"{name}.conv2.weight"], padding=1)], 1)
        if b < len(blocks) - 1:
            name = f"features.transition{b + 1}"
            x = conv(batch_norm(state, f"{name}.norm", x).relu(), state[f"{name}.conv.weight"])
            x = functional.avg_pool2d(x, 2)
    x = batch_norm(state, "features.norm5", x).relu().mean((2, 3))
    return functional.linear(x, state["classifier.weight"], state["classifier.bias"])


@torch.no_grad()
def test_densenet121_is_the_reference_from_its_state_dict():
    net, state = shaken(densenet121, shape=(3, 64, 64))
    x = pictures(64)
    expected = reference(state, x, (6, 12, 24, 16))
    assert float((net(x) - expected).abs().max()) < 1e-5 * float(expected.abs().max())


@pytest.mark.parametrize(
    ("settings", "parameters"),
    [
        ({}, 1_019_722),
        ({"depth": 100, "growth_rate": 12, "bottleneck": True}, 769_162),
        ({"depth": 22, "growth_rate": 12, "bottleneck": True}, None),
    ],
)
def test_the_small_nets_have_the_papers_sizes(settings, parameters):
    """Its table says 1.0 million for 40 layers, and 0.8 for 100 with bottlenecks."""
    net = outlined(cifar_densenet, **settings)
    assert parameters in (None, count(net))
    weighted = [n for n, p in net.named_parameters() if p.ndim > 1]
    assert len(weighted) == settings.get("depth", 40)
    assert net.nodes[-1].shape == (10,)


def test_values_are_dropped_in_training_alone():
    plain, dropped = (cifar_densenet(depth=10, drop_rate=p, shape=(3, 8, 8)) for p in (0.0, 0.2))
    dropped.load_state_dict(plain.state_dict())
    x = pictures(8)
    torch.testing.assert_close(plain.eval()(x), dropped.eval()(x))
    assert not torch.equal(plain.train()(x), dropped.train()(x))


@pytest.mark.parametrize("settings", [{"depth": 41}, {"depth": 43, "bottleneck": True}])
def test_a_depth_without_equal_blocks_is_refused(settings):
    with pytest.raises(UsageError, match=f"depth is {settings['depth']}: give"):
        cifar_densenet(**settings)
