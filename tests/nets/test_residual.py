"""Residual blocks against their formulas, and the names of their parameters."""

import pytest
import torch
from torch.nn import functional

from harmonium.nets.residual import BasicBlock, Bottleneck, Padded
from harmonium.random import seeded

SOURCE = torch.Generator().manual_seed(2)
X = torch.randn(2, 4, 6, 6, generator=SOURCE)


def block(kind, *arguments, **settings):
    with seeded(1):
        made = kind(*arguments, **settings).eval()
    for name, buffer in made.named_buffers():
        if name.endswith("running_mean"):
            buffer.copy_(0.3 * torch.randn(buffer.shape, generator=SOURCE))
        elif name.endswith("running_var"):
            buffer.copy_(0.5 + torch.rand(buffer.shape, generator=SOURCE))
    return made


def norm(state, name, x):
    """Batch normalisation in evaluation mode, written out."""
    mean, var = (state[f"{name}.running_{part}"][:, None, None] for part in ("mean", "var"))
    factor, offset = (state[f"{name}.{part}"][:, None, None] for part in ("weight", "bias"))
    return (x - mean) / (var + 1e-5).sqrt() * factor + offset


@pytest.mark.parametrize(("planes", "stride"), [(4, 1), (6, 1), (6, 2)])
def test_a_basic_block_adds_two_convolutions_to_its_shortcut(planes, stride):
    made = block(BasicBlock, 4, planes, stride=stride)
    state, conv = made.state_dict(), functional.conv2d
    inner = norm(state, "bn1", conv(X, state["conv1.weight"], stride=stride, padding=1)).relu()
    inner = norm(state, "bn2", conv(inner, state["conv2.weight"], padding=1))
    short = X
    if "downsample.0.weight" in state:
        short = norm(state, "downsample.1", conv(X, state["downsample.0.weight"], stride=stride))
    torch.testing.assert_close(made(X), (inner + short).relu())
    assert any(name.startswith("downsample") for name in state) is ((planes, stride) != (4, 1))


@pytest.mark.parametrize(("planes", "stride"), [(1, 1), (3, 1), (3, 2)])
def test_a_bottleneck_narrows_looks_and_widens(planes, stride):
    made = block(Bottleneck, 4, planes, stride=stride)
    state, conv = made.state_dict(), functional.conv2d
    inner = norm(state, "bn1", conv(X, state["conv1.weight"])).relu()
    inner = conv(inner, state["conv2.weight"], stride=stride, padding=1)
    inner = conv(norm(state, "bn2", inner).relu(), state["conv3.weight"])
    short = X
    if planes != 1:
        short = norm(state, "downsample.1", conv(X, state["downsample.0.weight"], stride=stride))
    torch.testing.assert_close(made(X), (norm(state, "bn3", inner) + short).relu())


def test_parameters_have_the_names_of_public_checkpoints():
    parts = {name for name, _ in Bottleneck(8, 4).named_parameters()}
    shape = {"conv1.weight", "conv2.weight", "conv3.weight", "downsample.0.weight"}
    norms = {f"{n}.{p}" for n in ("bn1", "bn2", "bn3", "downsample.1") for p in ("weight", "bias")}
    assert parts == shape | norms
    assert sum(p.numel() for p in Bottleneck(256, 64).parameters()) == 70_400


def test_the_padded_shortcut_skips_places_and_adds_channels_of_zeros():
    found = Padded(2, 2)(X)
    assert torch.equal(found[:, :4], X[:, :, ::2, ::2])
    assert not found[:, 4:].any()
    padded, projected = (BasicBlock(4, 6, stride=2, shortcut=s) for s in ("padded", "projection"))
    more = len([*projected.parameters()]) - len([*padded.parameters()])
    assert more == 3
    assert padded(X).shape == projected(X).shape


def test_a_block_without_corrections_is_the_rectified_identity():
    """The gradient passes unchanged where the corrections are zero."""
    made = block(BasicBlock, 4, 4)
    with torch.no_grad():
        made.bn2.weight.zero_()
        made.bn2.bias.zero_()
    x = X.abs().requires_grad_()
    made.bn2.running_mean.zero_()
    torch.testing.assert_close(made(x), x)
    made(x).sum().backward()
    torch.testing.assert_close(x.grad, torch.ones_like(X))
