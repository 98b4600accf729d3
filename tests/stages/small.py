"""Recipes and trials that take no time."""

import torch

from harmonium.data import DataSet, Numbers, Split
from harmonium.describe import load
from harmonium.random import generator
from harmonium.stages.plan import plan, trial

CPU = torch.device("cpu")

RECIPE = {
    "data": {"source": "digits"},
    "model": {"type": "belief_net", "units": [6, 5, 4], "std": 0.1},
    "pretrain": {"type": "greedy", "epochs": 2, "batch_size": 10},
    "fine_tune": {"type": "classify", "epochs": 3, "batch_size": 10},
}


def recipe(*overrides, **sections):
    return load({**RECIPE, **sections}, overrides)


def toy(n=60, *, weights=None):
    """Rows of six bits; the class is which half has more of them."""
    x = (torch.rand(n, 6, generator=generator(0)) > 0.5).float()
    y = (x[:, :3].sum(1) > x[:, 3:].sum(1)).long()
    test = Split(x[: n // 3], y[: n // 3])
    w = None if weights is None else weights
    return DataSet("toy", Split(x, y, weights=w), test=test, shape=(6,), classes=("low", "high"))


def real(n=60):
    """Rows of six bits; the real targets are how many there are, and minus a half of it."""
    x = (torch.rand(n, 6, generator=generator(0)) > 0.5).float()
    y = x.sum(1, keepdim=True) * torch.tensor([1.0, -0.5])
    columns = {"y": Numbers((2,), ("up", "down"))}
    return DataSet("real", Split(x, y), test=Split(x[:9], y[:9]), columns=columns)


def one(*overrides, number=0, data=None, **sections):
    return trial(recipe(*overrides, **sections), data or toy(), number=number, device=CPU)


def tasks(*overrides, data=None, **sections):
    return plan(recipe(*overrides, **sections), data or toy(), device=CPU)


def done(task):
    """Builds a task's stage, goes through it, and finishes it."""
    stage = task.build()
    while not stage.done:
        stage.update()
        if stage.epoch_ended:
            stage.observe()
    return task.finish(stage)
