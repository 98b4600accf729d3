"""A small run that tags words, made once: capital letters are names."""

import atexit
import functools
import itertools
import shutil
import tempfile
from pathlib import Path

from harmonium.data.tagged import tag_set
from harmonium.training import train

WORDS = {"see": "O", "and": "O", "old": "O", "ann": "B-NAME", "bo": "B-NAME", "lee": "I-NAME"}


def sentences():
    """Sentences of one to three of six words, whose tags depend on the word."""
    rows = [r for n in (1, 2, 3) for r in itertools.product(WORDS, repeat=n)]
    return [(list(words), [WORDS[word] for word in words]) for words in rows]


def conll(rows):
    """Sentences as the lines of a file."""
    return "\n".join("".join(f"{w}\t{t}\n" for w, t in zip(*row, strict=True)) for row in rows)


def recipe(folder, **sections):
    """A recipe on a file of those sentences."""
    path = folder / "names.txt"
    path.write_text(conll(sentences()))
    return {
        "name": "names",
        "seed": 0,
        "data": {"source": {"type": "tagged", "train": str(path), "test": 0.2}},
        "model": {"type": "tagger", "sources": 7, "targets": 3, "embedding": 6, "hidden": 8},
        "train": {
            "type": "supervised",
            "objective": "tags",
            "epochs": 8,
            "batch_size": 12,
            "optimiser": {"type": "adam", "lr": 0.03},
        },
        "judge": ["tagging"],
        "compare": ["most_frequent_tag"],
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
    """The sentences as a data set."""
    return tag_set("names", {"train": sentences(), "test": sentences()[:40]})
