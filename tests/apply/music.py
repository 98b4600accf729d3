"""Small runs of models of music, made once, on a few artificial chorales."""

import functools
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest

from harmonium.data import chorales  # noqa: F401
from harmonium.data.chorales import Chorale
from harmonium.training import train

_CHORDS = ((72, 67, 64, 48), (74, 67, 59, 55), (76, 67, 60, 48), (77, 69, 60, 53))
"""C, G, C and F."""


def few(count=None):
    """Chorales of four chords that repeat, a quarter each; the soprano repeats in eighths."""
    return iter([_chorale(k) for k in range(40)][:count])


def _chorale(number):
    """All lengths and beginnings differ."""
    steps = np.zeros((4 * (12 + number), 4), dtype=np.int64)
    for k in range(12 + number):
        chord = _CHORDS[(number % 5 + k) % 4]
        steps[4 * k], steps[4 * k + 2, 0] = chord, chord[0]
    return Chorale(f"toy{number}", steps, 0, minor=False)


@pytest.fixture
def toy_chorales(monkeypatch, tmp_path):
    """The corpus is ``few``, and nothing is kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys.modules["harmonium.data.chorales"], "_of_corpus", few)


def recipe(kind):
    """A recipe of notes ("notes") or of piano rolls ("rolls")."""
    if kind == "notes":
        return {
            "name": "notes",
            "data": {"source": {"type": "chorale_notes", "length": 20, "count": 40}},
            "model": {
                "type": "language",
                "vocabulary": 58,
                "recurrent": {"type": "gru", "inputs": 12, "hidden": 32},
            },
            "train": {
                "type": "language",
                "epochs": 12,
                "batch_size": 4,
                "optimiser": {"type": "adam", "lr": 0.02},
            },
            "judge": ["next_token"],
            "compare": ["ngram"],
        }
    return {
        "name": "rolls",
        "data": {"source": {"type": "chorales", "count": 40}},
        "model": {
            "type": "conditional_rbm",
            "channels": 54,
            "hidden": 20,
            "lags": 1,
            "values": "binary",
        },
        "train": {
            "type": "series",
            "epochs": 150,
            "batch_size": 8,
            "steps": 3,
            "optimiser": {"type": "adam", "lr": 0.03},
        },
        "judge": ["forecast", {"type": "frames", "betas": 20, "chains": 3, "sweeps": 5}],
        "compare": [{"type": "logistic_autoregression", "lags": [1], "alphas": [1.0]}],
    }


@functools.cache
def run(kind):
    """A run of these recipes."""
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of few rows
        folder = tempfile.mkdtemp(prefix="harmonium-tests-")
        patch.setenv("XDG_CACHE_HOME", folder)
        patch.setattr(sys.modules["harmonium.data.chorales"], "_of_corpus", few)
        patch.setattr("harmonium.report.write_run", lambda *_, **__: None)
        return train(recipe(kind), output=Path(folder))
