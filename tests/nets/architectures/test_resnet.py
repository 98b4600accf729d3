"""Residual nets: exact counts, the names of public checkpoints, and an independent reference."""

import pytest
import torch
from torch.nn import functional

from harmonium.errors import UsageError
from harmonium.nets.architectures import (
    cifar_resnet,
    resnet18,
    resnet34,
    resnet50,
    resnet101,
    resnet152,
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
    resnet18: ("basic", (2, 2, 2, 2), 11_689_512),
    resnet34: ("basic", (3, 4, 6, 3), 21_797_672),
    resnet50: ("bottleneck", (3, 4, 6, 3), 25_557_032),
    resnet101: ("bottleneck", (3, 4, 23, 3), 44_549_160),
    resnet152: ("bottleneck", (3, 8, 36, 3), 60_192_808),
}


def tensors(block, blocks, classes=1000):
    """Names and shapes of torchvision's checkpoint, by rule."""
    found = {"conv1.weight": (64, 3, 7, 7), **normed("bn1", 64)}
    below, wide = 64, 4 if block == "bottleneck" else 1
    for stage, number in enumerate(blocks):
        planes = 64 * 2**stage
        kernels = (1, 3, 1) if block == "bottleneck" else (3, 3)
        for i in range(number):
            name, inner = f"layer{stage + 1}.{i}", below
            for k, size in enumerate(kernels):
                above = planes * wide if k == len(kernels) - 1 else planes
                found[f"{name}.conv{k + 1}.weight"] = (above, inner, size, size)
                found |= normed(f"{name}.bn{k + 1}", above)
                inner = above
            if i == 0 and (stage or wide > 1):
                found[f"{name}.downsample.0.weight"] = (planes * wide, below, 1, 1)
                found |= normed(f"{name}.downsample.1", planes * wide)
            below = planes * wide
    return found | {"fc.weight": (classes, below), "fc.bias": (classes,)}


@pytest.mark.parametrize("make", NETS)
def test_names_shapes_and_counts_are_those_of_public_checkpoints(make):
    block, blocks, parameters = NETS[make]
    net = outlined(make)
    assert shapes(net) == tensors(block, blocks)
    assert count(net) == parameters
    assert net.nodes[-1].shape == (1000,)


def test_the_maps_shrink_by_32_in_five_steps():
    net = outlined(resnet50)
    found = {node.name: node.shape for node in net.nodes}
    assert found["conv1"] == (64, 112, 112)
    assert found["layer1.2"] == (256, 56, 56)
    assert found["layer2.3"] == (512, 28, 28)
    assert found["layer3.5"] == (1024, 14, 14)
    assert found["layer4.2"] == (2048, 7, 7)


def reference(state, x, blocks):
    """ResNet with bottlenecks, from its state dict alone."""
    conv = functional.conv2d
    x = batch_norm(state, "bn1", conv(x, state["conv1.weight"], stride=2, padding=3)).relu()
    x = functional.max_pool2d(x, 3, 2, 1)
    for stage, number in enumerate(blocks):
        for i in range(number):
            name, stride = f"layer{stage + 1}.{i}", 2 if stage and not i else 1
            y = batch_norm(state, f"{name}.bn1", conv(x, state[f"{name}.conv1.weight"])).relu()
            y = conv(y, state[f"{name}.conv2.weight"], stride=stride, padding=1)
            y = batch_norm(state, f"{name}.bn2", y).relu()
            y = batch_norm(state, f"{name}.bn3", conv(y, state[f"{name}.conv3.weight"]))
            if not i:
                x = conv(x, state[f"{name}.downsample.0.weight"], stride=stride)
                x = batch_norm(state, f"{name}.downsample.1", x)
            x = (x + y).relu()
    return functional.linear(x.mean((2, 3)), state["fc.weight"], state["fc.bias"])


@torch.no_grad()
def test_resnet50_is_the_reference_from_its_state_dict():
    net, state = shaken(resnet50, shape=(3, 64, 64))
    x = pictures(64)
    expected = reference(state, x, (3, 4, 6, 3))
    assert float((net(x) - expected).abs().max()) < 1e-5 * float(expected.abs().max())


def test_first_weights_are_he_s_and_repeat_by_seed():
    net, state = shaken(resnet18, shape=(3, 32, 32), classes=10)
    for name in ("conv1.weight", "layer2.0.conv1.weight", "layer4.1.conv2.weight"):
        weight = state[name]
        expected = (2 / weight[:, 0].numel()) ** 0.5
        assert float(weight.std()) == pytest.approx(expected, rel=0.05)
    again = shaken(resnet18, shape=(3, 32, 32), classes=10)[1]
    assert all(torch.equal(state[name], again[name]) for name in state)
    assert net.output_kind == "classes"


@pytest.mark.parametrize(
    ("depth", "parameters"), [(20, 269_722), (32, 464_154), (44, 658_586), (110, 1_727_962)]
)
def test_the_small_nets_have_the_papers_sizes(depth, parameters):
    """Its table says 0.27, 0.46, 0.66 and 1.7 million."""
    net = outlined(cifar_resnet, depth=depth)
    assert count(net) == parameters
    weighted = [n for n, p in net.named_parameters() if p.ndim > 1]
    assert len(weighted) == depth


@pytest.mark.parametrize("depth", [2, 18, 51])
def test_a_depth_without_equal_stages_is_refused(depth):
    with pytest.raises(UsageError, match=f"depth is {depth}: give 6 n"):
        cifar_resnet(depth=depth)
