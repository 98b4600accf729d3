"""What is measured while adversaries learn."""

import pytest
import torch

from harmonium.data import Examples
from harmonium.models import adapted
from harmonium.nets import MLP, Adversaries
from harmonium.random import seeded
from harmonium.watch import AdversariesWatch

ROWS = torch.rand(60, 4, generator=torch.Generator().manual_seed(0))


def model(classes=None):
    with seeded(0):
        net = Adversaries(MLP([3 + (classes or 0), 4]), MLP([4, classes or 1]), classes=classes)
    return adapted(net)


def test_samples_come_from_the_same_noise_every_time():
    watch = AdversariesWatch(model(), Examples({"x": ROWS}), seed=3)
    assert torch.equal(watch.snapshot()["samples"], watch.snapshot()["samples"])
    assert watch.snapshot()["samples"].shape == (64, 4)
    assert watch.measure(1) == watch.measure(1)


def test_a_generator_that_copies_rows_has_variety_and_a_constant_one_none():
    one = model()
    watch = AdversariesWatch(one, Examples({"x": ROWS}))
    one.drawn = lambda latents: {"x": ROWS[1::2][torch.arange(len(latents)) % 30]}
    assert watch.measure(1)["net/variety"] == pytest.approx(1)
    one.drawn = lambda latents: {"x": ROWS[:1].expand(len(latents), -1)}
    found = watch.notice(2, updates=10)
    assert found["net/variety"] < 0.1
    assert found["findings"][0]["kind"] == "mode collapse"


def test_a_certain_discriminator_is_noticed():
    one = model()
    watch = AdversariesWatch(one, Examples({"x": ROWS}))
    one.scores = lambda batch: (batch is watch.rows) * 9.0 - torch.ones(len(batch["x"]))
    one.drawn = lambda latents: {"x": ROWS[1::2][torch.arange(len(latents)) % 30]}
    assert watch.measure(1)["net/told_apart"] == 1
    kinds = [finding["kind"] for finding in watch.notice(1, updates=1)["findings"]]
    assert "certain discriminator" in kinds


def test_classes_are_told_apart_by_their_own_scores():
    y = torch.arange(60) % 3
    watch = AdversariesWatch(model(3), Examples({"x": ROWS, "y": y}))
    assert 0 <= watch.measure(1)["net/told_apart"] <= 1
