"""The stage of wake-sleep: it learns, and refuses what does not fit."""

import pytest
import torch

from harmonium.random import generator
from tests.stages import small

MODEL = {"type": "sigmoid_belief_net", "units": [6, 5, 4]}
SECTIONS = {"pretrain": None, "fine_tune": None}


def bound(model, x):
    return float(model.bounds({"x": x}, samples=20, source=generator(1))["elbo"].mean())


@pytest.mark.parametrize(
    "settings", [{}, {"samples": 5, "recognition": "wake"}, {"samples": 5, "recognition": "both"}]
)
def test_the_bound_rises(settings):
    stage = {"type": "wake_sleep", "epochs": 40, "batch_size": 20, **settings}
    optimiser = {"type": "adam", "lr": 0.01}
    trial = small.one(model=MODEL, train={**stage, "optimiser": optimiser}, **SECTIONS)
    model, x = trial.model("machine"), trial.data.train.x.flatten(1)
    (part,) = trial.stages["train"].parts(trial, "train")
    training = part.build()
    before = bound(model, x)
    while not training.done:
        training.update()
    assert bound(model, x) > before + 0.1
    row = training.observe()
    assert torch.isfinite(torch.tensor(row["train/cost"]))


def test_one_sample_with_the_wake_phase_is_refused():
    stage = {"type": "wake_sleep", "epochs": 1, "recognition": "wake"}
    trial = small.one(model=MODEL, train=stage, **SECTIONS)
    (part,) = trial.stages["train"].parts(trial, "train")
    with pytest.raises(ValueError, match="train: recognition is wake with one sample"):
        part.build()


def test_another_model_is_refused():
    with pytest.raises(ValueError, match="take a sigmoid_belief_net"):
        small.one(
            model={"type": "autoencoder", "units": [6, 4, 2], "code": "gaussian"},
            train={"type": "wake_sleep", "epochs": 1},
            **SECTIONS,
        ).able("ancestral")
