"""AlexNet in both forms: exact counts, names, groups and response norms."""

import pytest
import torch
from torch.nn import functional

from harmonium.nets.architectures import alexnet, alexnet2012
from harmonium.random import seeded
from tests.nets.architectures.counted import count, outlined, pictures, shapes


def test_one_tower_has_the_names_and_the_count_of_the_public_checkpoint():
    convolutions = {0: (64, 3, 11), 3: (192, 64, 5), 6: (384, 192, 3), 8: (256, 384, 3)}
    convolutions[10] = (256, 256, 3)
    dense = {1: (4096, 9216), 4: (4096, 4096), 6: (1000, 4096)}
    expected = {}
    for k, (above, below, size) in convolutions.items():
        expected[f"features.{k}.weight"] = (above, below, size, size)
        expected[f"features.{k}.bias"] = (above,)
    for k, shape in dense.items():
        expected |= {f"classifier.{k}.weight": shape, f"classifier.{k}.bias": shape[:1]}
    net = outlined(alexnet)
    assert shapes(net) == expected
    assert count(net) == 61_100_840


def test_two_groups_have_the_count_and_the_maps_of_2012():
    net = outlined(alexnet2012)
    assert count(net) == 60_965_224
    found = {node.name: node.shape for node in net.nodes}
    assert [found[f"conv{k}"] for k in range(1, 6)] == [
        (96, 55, 55),
        (256, 27, 27),
        (384, 13, 13),
        (384, 13, 13),
        (256, 13, 13),
    ]
    assert found["pool5"] == (256, 6, 6)
    assert [net.get_submodule(f"conv{k}").groups for k in range(1, 6)] == [1, 2, 1, 2, 2]


@torch.no_grad()
def test_maps_are_normalised_as_in_the_paper():
    """b_c = a_c / (2 + 1e-4 sum of a^2 over five neighbours)^(3/4)."""
    net = outlined(alexnet2012)
    norm = net.get_submodule("norm1")
    a = 50 * pictures(3, channels=9)
    padded = functional.pad(a**2, (0, 0, 0, 0, 2, 2))
    sums = sum(padded[:, k : k + 9] for k in range(5))
    torch.testing.assert_close(norm(a), a / (2 + 1e-4 * sums) ** 0.75)


@torch.no_grad()
def test_a_group_does_not_see_the_other_one():
    with seeded(0):
        net = alexnet2012(classes=2, shape=(3, 67, 67)).eval()
    found = net.activities(pictures(67))
    second = net.get_submodule("conv2")
    changed = found["pool1"].clone()
    changed[:, :48] += 1
    assert torch.equal(second(changed)[:, 128:], found["conv2"][:, 128:])
    assert not torch.equal(second(changed)[:, :128], found["conv2"][:, :128])


def test_first_weights_are_those_of_the_paper():
    with seeded(0):
        net = alexnet2012(classes=2, shape=(3, 67, 67))
    state = net.state_dict()
    for k, bias in zip(range(1, 6), (0, 1, 0, 1, 1), strict=True):
        assert float(state[f"conv{k}.weight"].std()) == pytest.approx(0.01, rel=0.03)
        assert bool((state[f"conv{k}.bias"] == bias).all())
    assert [float(state[f"fc{k}.bias"][0]) for k in (6, 7, 8)] == [1, 1, 0]
