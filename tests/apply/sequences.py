"""A small run that writes sequences, made once."""

import atexit
import functools
import itertools
import shutil
import tempfile
from pathlib import Path

from harmonium.data import pair_set
from harmonium.training import train

WORDS = ["".join(letters) for n in range(1, 5) for letters in itertools.product("ab", repeat=n)]
"""Texts that are to be written in capitals."""


def pairs(repeats=6):
    """The texts and their capitals."""
    texts = WORDS * repeats
    return texts, [text.upper() for text in texts]


def recipe(folder, **sections):
    """A recipe on a file of those pairs."""
    path = folder / "capitals.tsv"
    path.write_text("".join(f"{a}\t{b}\n" for a, b in zip(*pairs(), strict=True)))
    return {
        "name": "capitals",
        "seed": 0,
        "data": {"source": {"type": "pairs", "train": str(path), "test": 0.2}},
        "model": {
            "type": "transducer",
            "sources": 2,
            "targets": 2,
            "embedding": 6,
            "hidden": 12,
            "longest": 8,
        },
        "train": {
            "type": "supervised",
            "objective": "symbols",
            "epochs": 25,
            "batch_size": 12,
            "optimiser": {"type": "adam", "lr": 0.03},
            "schedules": ["cosine"],
        },
        "judge": ["transduction"],
        "threads": 1,
        **sections,
    }


@functools.cache
def run():
    """The run of that recipe."""
    folder = Path(tempfile.mkdtemp(prefix="harmonium-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return train(recipe(folder), output=folder / "runs")


def data():
    """The pairs as a data set."""
    return pair_set("capitals", {"train": pairs(), "test": pairs(1)})
