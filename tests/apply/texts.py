"""Small runs of language models, made once."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from harmonium.data import stream_set
from harmonium.training import train

TEXT = "the quick brown fox jumps over the lazy dog.\n" * 60
"""A text that a small net learns by heart."""


@functools.cache
def _folder():
    folder = tempfile.mkdtemp(prefix="harmonium-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "fox.txt"
    path.write_text(TEXT)
    return path


def recipe(**sections):
    """A recipe on that text."""
    return {
        "name": "fox",
        "data": {"source": {"type": "characters", "train": str(_folder()), "length": 22}},
        "model": {
            "type": "language",
            "vocabulary": len(set(TEXT)),
            "recurrent": {"type": "gru", "inputs": 12, "hidden": 32},
        },
        "train": {
            "type": "language",
            "epochs": 15,
            "batch_size": 4,
            "optimiser": {"type": "adam", "lr": 0.02},
        },
        "judge": ["next_token"],
        "threads": 1,
        **sections,
    }


@functools.cache
def run():
    """The run of that recipe."""
    return train(recipe(), output=_folder().parent / "runs")


def data(length=22):
    """The text as a data set."""
    cut = round(0.9 * len(TEXT))
    return stream_set("fox", {"train": TEXT[:cut], "test": TEXT[cut:]}, length=length)
