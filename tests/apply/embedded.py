"""A run that has laid drawn shapes and their words into one space."""

from functools import cache
from tempfile import mkdtemp

from harmonium.training import train
from tests.stages.test_cross_modal import recipe

__all__ = ["run"]


@cache
def run():
    stage = {"optimiser": {"type": "adam", "lr": 5e-3}, "noise": {"words": "thin"}}
    return train(recipe(**stage), output=mkdtemp())
