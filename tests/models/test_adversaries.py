"""The model of adversaries: samples of given classes, scores, paths."""

import pytest
import torch

from harmonium.data import digits_set
from harmonium.models import AdversariesModel, adapted
from harmonium.nets import MLP, Adversaries, Net
from harmonium.random import generator


def model(classes=None):
    net = Adversaries(MLP([3 + (classes or 0), 6]), MLP([6, classes or 1]), classes=classes)
    return adapted(net)


def test_samples_repeat_by_their_seed_and_have_no_chains():
    one = model()
    assert isinstance(one, AdversariesModel)
    a, b, c = (one.sample(4, source=generator(s))["x"] for s in (0, 0, 1))
    assert torch.equal(a, b)
    assert not torch.equal(a, c)
    assert one.sweeps(1000) == 0
    torch.testing.assert_close(one.drawn(one.latents(4, source=generator(0)))["x"], a)


def test_samples_have_the_class_that_is_given():
    one = model(2)
    y = torch.tensor([1, 0, 1])
    found = one.sample(3, given={"y": y}, source=generator(0))["x"]
    expected = one.net.made(one.net.latents(3, y=y, source=generator(0)))
    assert torch.equal(found, expected.detach())
    same = one.sample(3, given={"y": torch.tensor([1])}, source=generator(0))["x"]
    assert torch.equal(same[2], found[2])


def test_other_columns_are_refused():
    with pytest.raises(ValueError, match="holds no column: sample without given y"):
        model().sample(2, given={"y": torch.zeros(2, dtype=torch.int64)})
    with pytest.raises(ValueError, match="holds only the class, y: sample without given x"):
        model(2).sample(2, given={"x": torch.zeros(2, 6)})


def test_scores_are_those_of_the_class():
    one = model(2)
    batch = {"x": torch.rand(3, 6), "y": torch.tensor([0, 1, 1])}
    torch.testing.assert_close(one.scores(batch), one.net.scores(batch["x"], batch["y"]).detach())
    assert one.classes == 2
    assert model().classes == 0


def test_another_number_of_classes_is_refused():
    with pytest.raises(ValueError, match="the net has 2 classes, and digits has 10"):
        model(2).meet(digits_set())


def test_kernels_are_not_shown():
    layers = [{"type": "conv2d", "out_channels": 1, "kernel_size": [2, 3]}, "flatten"]
    net = Adversaries(MLP([3, 6]), Net([1, 2, 3], layers))
    assert not hasattr(adapted(net), "convolutions")
