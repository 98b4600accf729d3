"""Runs of a perceptron on gates, made once for several sections."""

import warnings
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from harmonium.report.evidence import Evidence
from harmonium.training import train


@cache
def gate(name, **stage):
    """Evidence of a run of 12 epochs on a gate, a fresh one for every change of the stage."""
    recipe = {
        "threads": 1,
        "data": {"source": {"type": "gate", "name": name}},
        "model": {"type": "perceptron", "inputs": 2, "classes": 2},
        "train": {"type": "error_correction", "epochs": 12, **stage},
    }
    return _seen(recipe)


@cache
def digits():
    """Evidence of a perceptron on digits."""
    return _seen(
        {
            "threads": 1,
            "data": {"source": "digits"},
            "model": {"type": "perceptron", "inputs": 64, "classes": 10},
            "train": {
                "type": "error_correction", "epochs": 2, "batch_size": 50, "sequential": True,
            },
        }
    )  # fmt: skip


def _seen(recipe):
    with warnings.catch_warnings(action="ignore"):  # a gate's test rows are its training rows
        seen = Evidence(train(recipe, output=Path(mkdtemp())))
    seen.read_data()
    return seen
