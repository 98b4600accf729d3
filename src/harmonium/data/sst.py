"""The Stanford Sentiment Treebank: sentences of film reviews with a sentiment at every node."""

from __future__ import annotations

from pathlib import Path

from harmonium.bounds import Count
from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN
from harmonium.data.dataset import DataSet
from harmonium.data.trees import read_trees, tree_set, vocabulary
from harmonium.errors import DataError

__all__ = ["SENTIMENTS", "sst"]

SENTIMENTS = (0, 1, 2, 3, 4)
"""The classes: very negative, negative, neutral, positive, very positive."""


def sst(
    directory: Path | None = None,
    *,
    size: Count = 10_000,
    longest: Count = 64,
    lower: bool = True,
) -> DataSet:
    """Stanford Sentiment Treebank: 8544 train, 1101 validation and 2210 test trees, 5 classes.

    Every node of a tree, not only its root, has one of the classes 0 (very negative) to 4 (very
    positive). (Socher et al., 2013, https://aclanthology.org/D13-1170.)

    Args:
        directory: Folder of train.txt, dev.txt and test.txt, plain, .gz or .xz; null to look in
            the usual places.
        size: Number of different words to know, the most frequent of the training trees.
        longest: Maximum number of words of a tree.
        lower: Whether words are read in lower case.

    Raises:
        FileNotFoundError: files are missing.
        ValueError: a file is damaged, or has another number of trees.
    """
    known = KNOWN["sst"]
    paths = find(
        tuple(known.files), places("sst", directory), title=known.title, origin=known.where
    )
    parts = ("train", "validation", "test")
    found = {part: read_trees(path, lower=lower) for part, path in zip(parts, paths, strict=True)}
    for part, path in zip(parts, paths, strict=True):
        if len(found[part]) != known.rows[part]:
            raise DataError(
                f"{path}: {len(found[part])} trees; the official {part} part has "
                f"{known.rows[part]}: bring the file from {known.where}, or name it in the "
                "reader `trees`"
            )
    words = vocabulary(found["train"], size)
    return tree_set("sst", found, words=words, longest=longest, classes=SENTIMENTS)
