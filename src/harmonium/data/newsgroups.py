"""20 Newsgroups as counts of 3072 words, with the labels of its test documents."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.expand import opened
from harmonium.data.kinds import Counts
from harmonium.errors import DataError
from harmonium.extras import need

__all__ = ["newsgroups"]

_GROUP_SIZES = (
    319, 389, 394, 392, 385, 395, 390, 396, 398, 397,
    399, 396, 393, 396, 394, 398, 364, 376, 310, 251,
)  # fmt: skip
"""Test documents of each group in the collection "bydate"."""

_EMPTY = 2742
"""Test document without any of the words, counted in the order of the table; it is left out."""

_MOST = 1 << 24
"""Bytes that a file may have."""


def newsgroups(directory: Path | None = None, *, size: Count | None = None) -> DataSet:
    """20 Newsgroups, mail of 20 groups as counts of 3072 words: 11214 train, 7531 test.

    The table (Dieng, Ruiz and Blei, 2020, https://doi.org/10.1162/tacl_a_00325) has no labels.
    Those of the test documents follow from its making: scikit-learn reads the documents group by
    group, and shuffles them once when the folders are read (seed 0) and once more when they are
    fetched (seed 42); the table keeps that order without one document, which has none of the
    words. Training documents were shuffled again without a seed, so they have no label.

    Args:
        directory: Folder of the five files; null to look in the usual places.
        size: Number of words, the most frequent of the training documents; null for all.

    Raises:
        FileNotFoundError: files are missing; the message gives their source and place.
        ValueError: a file is damaged or altered.
        ImportError: scipy is missing.
    """
    known = KNOWN["newsgroups"]
    folder = known.folder or "newsgroups"
    files = tuple(known.files)
    paths = find(files, places(folder, directory), title=known.title, origin=known.where)
    content = {file: _verified(path, file) for file, path in zip(files, paths, strict=True)}
    words = tuple(content["vocab.txt"].decode().split("\n"))
    train, test = (
        _counts(
            content[f"bow_{part}_tokens.mat"], content[f"bow_{part}_counts.mat"], size=len(words)
        )
        for part in ("tr", "ts")
    )
    if size is not None and size < len(words):
        kept = train.sum(0).argsort(descending=True, stable=True)[:size]
        train, test = train[:, kept], test[:, kept]
        words = tuple(words[k] for k in kept.tolist())
    labels = _test_labels()
    if len(labels) != len(test):
        raise DataError(
            f"{len(test)} test documents and {len(labels)} labels: bring the files again"
        )
    return DataSet(
        "newsgroups",
        Split(train, torch.full((len(train),), -1, dtype=torch.int64)),
        test=Split(test, labels),
        classes=known.classes,
        columns={"x": Counts((len(words),), words)},
    )


def _test_labels() -> Tensor:
    """Group of each test document, in the order of the table, int64 (7531,)."""
    groups = np.repeat(np.arange(len(_GROUP_SIZES)), _GROUP_SIZES)
    for seed in (0, 42):
        order = np.arange(len(groups))
        np.random.RandomState(seed).shuffle(order)
        groups = groups[order]
    return torch.from_numpy(np.delete(groups, _EMPTY))


def _verified(path: Path, file: str) -> bytes:
    known = KNOWN["newsgroups"]
    with opened(path) as stream:
        content = stream.read(_MOST)
    digest = hashlib.sha256(content).hexdigest()
    if digest != known.files[file]:
        raise DataError(
            f"{path}: SHA-256 of its content is {digest}; expected {known.files[file]}: bring the "
            f"file from {known.where}"
        )
    return content


def _counts(tokens: bytes, counts: bytes, *, size: int) -> Tensor:
    """The table of counts, (documents, size), from a list of words and one of counts each."""
    read = need("scipy.io", "20 Newsgroups needs").loadmat
    words: Any = read(io.BytesIO(tokens))["tokens"].ravel()
    numbers: Any = read(io.BytesIO(counts))["counts"].ravel()
    lengths = [row.size for row in words]
    x = torch.zeros(len(words), size, dtype=torch.float32)
    rows = np.repeat(np.arange(len(words)), lengths)
    columns = np.concatenate([row.ravel() for row in words]).astype(np.int64)
    values = np.concatenate([row.ravel() for row in numbers]).astype(np.float32)
    x[torch.from_numpy(rows), torch.from_numpy(columns)] = torch.from_numpy(values)
    return x
