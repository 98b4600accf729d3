"""GoogLeNet in both forms: exact counts, names, auxiliary heads, and an independent reference."""

import pytest
import torch
from torch.nn import functional

from harmonium import load_weights
from harmonium.learning import CrossEntropy
from harmonium.learning.auxiliary import with_auxiliary
from harmonium.nets.architectures import googlenet, googlenet2014
from tests.nets.architectures.counted import (
    batch_norm,
    count,
    normed,
    outlined,
    pictures,
    shaken,
    shapes,
)

TABLE = {
    "3a": (192, 64, 96, 128, 16, 32, 32),
    "3b": (256, 128, 128, 192, 32, 96, 64),
    "4a": (480, 192, 96, 208, 16, 48, 64),
    "4b": (512, 160, 112, 224, 24, 64, 64),
    "4c": (512, 128, 128, 256, 24, 64, 64),
    "4d": (512, 112, 144, 288, 32, 64, 64),
    "4e": (528, 256, 160, 320, 32, 128, 128),
    "5a": (832, 256, 160, 320, 32, 128, 128),
    "5b": (832, 384, 192, 384, 48, 128, 128),
}
HEADS = ["aux1", "aux2"]


def unit(name, above, below, kernel):
    """Names and shapes of a convolution with batch normalisation."""
    return {f"{name}.conv.weight": (above, below, kernel, kernel), **normed(f"{name}.bn", above)}


def tensors():
    """Names and shapes of torchvision's checkpoint, by rule."""
    found = unit("conv1", 64, 3, 7) | unit("conv2", 64, 64, 1) | unit("conv3", 192, 64, 3)
    for module, (below, one, r3, three, r5, five, pool) in TABLE.items():
        name = f"inception{module}"
        found |= unit(f"{name}.branch1", one, below, 1)
        found |= unit(f"{name}.branch2.0", r3, below, 1) | unit(f"{name}.branch2.1", three, r3, 3)
        found |= unit(f"{name}.branch3.0", r5, below, 1) | unit(f"{name}.branch3.1", five, r5, 3)
        found |= unit(f"{name}.branch4.1", pool, below, 1)
    for name, below in zip(HEADS, (512, 528), strict=True):
        found |= unit(f"{name}.conv", 128, below, 1)
        found |= {f"{name}.fc1.weight": (1024, 2048), f"{name}.fc1.bias": (1024,)}
        found |= {f"{name}.fc2.weight": (1000, 1024), f"{name}.fc2.bias": (1000,)}
    return found | {"fc.weight": (1000, 1024), "fc.bias": (1000,)}


def test_names_shapes_and_counts_are_those_of_the_public_checkpoint():
    net = outlined(googlenet)
    assert shapes(net) == tensors()
    assert count(net, without=HEADS) == 6_624_904
    assert count(net) == 13_004_888
    assert count(outlined(googlenet, auxiliary=0)) == 6_624_904


def test_the_net_of_2014_has_the_papers_kernels():
    net = outlined(googlenet2014)
    assert count(net, without=HEADS) == 6_998_552
    assert net.get_submodule("inception4b.branch3.1.conv").kernel_size == (5, 5)
    found = {node.name: node.shape for node in net.nodes}
    sizes = {"maxpool1": (64, 56, 56), "maxpool2": (192, 28, 28), "inception3b": (480, 28, 28)}
    sizes |= {"inception4e": (832, 14, 14), "inception5b": (1024, 7, 7), "aux1.0": (512, 4, 4)}
    assert {name: found[name] for name in sizes} == sizes
    assert not any("bn" in name for name in net.state_dict())


def reference(state, x):
    """GoogLeNet and its auxiliary heads from the state dict alone."""

    def units(name, x, **settings):
        x = functional.conv2d(x, state[f"{name}.conv.weight"], **settings)
        return batch_norm(state, f"{name}.bn", x, eps=1e-3).relu()

    def module(name, x):
        pooled = functional.max_pool2d(x, 3, 1, 1)
        return torch.cat(
            [
                units(f"{name}.branch1", x),
                units(f"{name}.branch2.1", units(f"{name}.branch2.0", x), padding=1),
                units(f"{name}.branch3.1", units(f"{name}.branch3.0", x), padding=1),
                units(f"{name}.branch4.1", pooled),
            ],
            1,
        )

    def head(name, x):
        x = units(f"{name}.conv", functional.adaptive_avg_pool2d(x, 4)).flatten(1)
        x = functional.linear(x, state[f"{name}.fc1.weight"], state[f"{name}.fc1.bias"]).relu()
        return functional.linear(x, state[f"{name}.fc2.weight"], state[f"{name}.fc2.bias"])

    def pool(x, size):
        return functional.max_pool2d(x, size, 2, ceil_mode=True)

    heads = {}
    x = pool(units("conv1", x, stride=2, padding=3), 3)
    x = pool(units("conv3", units("conv2", x), padding=1), 3)
    for name in TABLE:
        x = module(f"inception{name}", x)
        if name in ("3b", "4e"):
            x = pool(x, 3 if name == "3b" else 2)
        if name in ("4a", "4d"):
            heads[name] = head("aux1" if name == "4a" else "aux2", x)
    return functional.linear(x.mean((2, 3)), state["fc.weight"], state["fc.bias"]), heads


@torch.no_grad()
def test_googlenet_is_the_reference_from_its_state_dict():
    net, state = shaken(googlenet, shape=(3, 64, 64))
    for name, value in state.items():  # as large as trained ones, so that differences would show
        if name.endswith("conv.weight"):
            value.mul_((2 / value[0].numel()) ** 0.5 / value.std())
    x = pictures(64)
    expected, others = reference(state, x)
    assert float((net(x) - expected).abs().max()) < 1e-5 * float(expected.abs().max())
    found, heads = net.heads(x)
    torch.testing.assert_close(found, expected)
    assert list(heads) == ["aux1.fc2", "aux2.fc2"]
    torch.testing.assert_close(heads["aux1.fc2"], others["4a"], rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(heads["aux2.fc2"], others["4d"], rtol=1e-4, atol=1e-4)


def test_first_weights_are_as_published():
    _, state = shaken(googlenet, shape=(3, 32, 32), classes=10)
    assert float(state["inception3a.branch2.1.conv.weight"].std()) == pytest.approx(0.01, rel=0.02)
    assert float(state["conv3.conv.weight"].std()) == pytest.approx(0.01, rel=0.02)
    net = googlenet2014(shape=(3, 32, 32), classes=10, auxiliary=0)
    weight = net.state_dict()["inception3a.branch2.1.conv.weight"]
    assert float(weight.abs().max()) <= (3 / weight[0].numel()) ** 0.5
    assert float(weight.std()) == pytest.approx(weight[0].numel() ** -0.5, rel=0.02)
    assert bool((net.state_dict()["inception3a.branch3.1.conv.bias"] == 0.2).all())


@torch.no_grad()
def test_a_net_without_heads_takes_those_weights_of_a_checkpoint_that_it_has(tmp_path):
    net, state = shaken(googlenet, shape=(3, 32, 32), classes=10)
    torch.save(state, tmp_path / "googlenet.pth")
    bare = googlenet(shape=(3, 32, 32), classes=10, auxiliary=0)
    report = load_weights(bare, tmp_path / "googlenet.pth", leave_out=HEADS)
    assert report.whole
    x = pictures(32)
    torch.testing.assert_close(bare.eval()(x), net(x))


def test_heads_add_their_losses_in_training_alone():
    net = googlenet(shape=(3, 32, 32), classes=10, auxiliary=0.3)
    for part in net.modules():
        if hasattr(part, "source"):
            part.p = 0.0  # nothing is dropped
    batch = {"x": pictures(32), "y": torch.tensor([1, 7])}
    objective = with_auxiliary(CrossEntropy(), net)
    with torch.no_grad():
        main, heads = net.heads(batch["x"])
        parts = [functional.cross_entropy(z, batch["y"]) for z in (main, *heads.values())]
    losses = objective(net.train(), batch).mean()
    torch.testing.assert_close(losses.detach(), parts[0] + 0.3 * parts[1] + 0.3 * parts[2])
    losses.backward()
    assert float(net.get_submodule("aux2.fc2").weight.grad.norm()) > 0
    alone = functional.cross_entropy(net.eval()(batch["x"]), batch["y"])
    torch.testing.assert_close(objective(net, batch).mean(), alone)
