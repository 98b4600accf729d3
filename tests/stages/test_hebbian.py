"""Hebb's rule as a stage of a recipe."""

import pytest
import torch

from tests.stages import small
from tests.stages.test_associate import stored


def learned(**settings):
    return stored(train={"type": "hebbian", "epochs": 1, "batch_size": 60, **settings})


def test_one_pass_is_the_mean_of_products():
    net, stage = learned(rate=2.0)
    rows = small.toy().train
    expected = 2 * torch.eye(2)[rows.y].mT @ rows.x / 60
    torch.testing.assert_close(net.weight.detach(), expected)
    assert float(stage.observe()["train/removed"]) == 0


def test_decay_and_floor_remove_weights():
    _, stage = learned(decay=0.6, floor=0.0, epochs=3)
    while not stage.done:
        stage.update()
    share = stage.observe()["train/removed"]
    assert 0 < share < 1
    assert float((stage.learner.module.weight == 0).float().mean()) == pytest.approx(share)


def test_another_model_is_refused():
    with pytest.raises(ValueError, match="take type linear_memory"):
        stored(
            model={"type": "perceptron", "inputs": 6, "classes": 2},
            train={"type": "hebbian", "epochs": 1},
        )
