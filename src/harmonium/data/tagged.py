"""Sentences whose words have tags, in files with a word and its tag in each line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from harmonium.bounds import Count, Share
from harmonium.data.dataset import DataSet
from harmonium.data.encodings import read_text
from harmonium.data.examples import Examples
from harmonium.data.split import with_test
from harmonium.data.tokens import Tokens, padded
from harmonium.data.vocabulary import UNKNOWN, Vocabulary
from harmonium.errors import DataError

__all__ = ["Sentence", "read_tagged", "tag_set", "tagged", "word_rows"]

Sentence = tuple[Sequence[str], Sequence[str]]
"""Words, and their tags."""


def tagged(
    train: Path,
    test: Path | Share | None = 0.1,
    *,
    validation: Path | None = None,
    size: Count = 10_000,
    lower: bool = True,
    encoding: str = "utf-8",
) -> DataSet:
    """Sentences whose words have tags: one word a line with its tag, a blank line between.

    The word is the first column of a line, and the tag the last one, separated by tabs or spaces,
    as in the files of the CoNLL tasks. Files may be plain, .gz or .xz.

    Args:
        train: File with the training sentences.
        test: File with the test sentences, or a fraction of the training sentences to hold out;
            null for none.
        validation: File with the validation sentences; null for none.
        size: Number of different words to know, the most frequent of the training sentences that
            occur there twice or more; others become "<unknown>".
        lower: Whether words are read in lower case.
        encoding: Encoding of the files, such as utf-8, latin-1 or cp1251.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a line has one column, there are no sentences, or a tag occurs in no training
            sentence; the message gives file and line, or the tag.
    """
    files = {"train": train, "validation": validation, "test": test}
    found = {
        part: [tags for tags in read_tagged(Path(file), encoding=encoding)]
        for part, file in files.items()
        if isinstance(file, str | Path)
    }
    data = tag_set(Path(train).name.split(".")[0], found, size=size, lower=lower)
    return data if isinstance(test, str | Path) or not test else with_test(data, test)


def read_tagged(path: Path, *, encoding: str = "utf-8", tags: bool = True) -> list[Sentence]:
    """Reads the sentences of a file.

    Args:
        path: the file.
        encoding: of the file.
        tags: whether every word has a tag; without, tags are empty strings.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: a line has no tag, or there are no sentences.
    """
    found: list[tuple[list[str], list[str]]] = [([], [])]
    for number, line in enumerate(read_text(path, encoding).split("\n"), start=1):
        columns = line.split()
        if not columns or columns[0] == "-DOCSTART-":
            found.append(([], []))
            continue
        if tags and len(columns) < 2:
            raise DataError(
                f"{path}, line {number}: {columns[0]!r} has no tag: give a word, a tab and its tag"
            )
        found[-1][0].append(columns[0])
        found[-1][1].append(columns[-1] if tags else "")
    sentences: list[Sentence] = [(words, row) for words, row in found if words]
    if not sentences:
        raise DataError(f"{path}: no sentence in it; at least one is needed")
    return sentences


def tag_set(
    name: str, found: Mapping[str, Sequence[Sentence]], *, size: int = 10_000, lower: bool = True
) -> DataSet:
    """Makes a data set of tagged sentences by split.

    Columns are "x", the words, and "target", a tag for each. The name of a row is its sentence,
    in which words stay as they are.

    Args:
        name: of the set.
        found: split -> sentences; with "train", whose words and tags are the vocabularies.
        size: words to know, at most; only those that occur twice or more.
        lower: whether words are read in lower case.

    Raises:
        ValueError: a tag occurs in no training sentence.

    >>> toy = tag_set("toy", {"train": [(["Ann", "saw", "Ann"], ["N", "O", "N"])]})
    >>> toy, toy.train.x.tolist(), toy.train.columns["target"].tolist()
    (DataSet('toy': 1 train, each 3, 2 words to 2), [[1, 0, 1]], [[0, 1, 0]])
    """
    counts = Counter(_cased(w, lower) for words, _ in found["train"] for w in words)
    ordered = sorted((w for w, n in counts.items() if n > 1), key=lambda w: (-counts[w], w))
    read = Vocabulary((UNKNOWN, *ordered[:size]), "words")
    known_tags = sorted({tag for _, tags in found["train"] for tag in tags})
    write = Vocabulary(tuple(known_tags), "words")
    longest = max(len(words) for listed in found.values() for words, _ in listed)
    splits: dict[str, Any] = {}
    for part, listed in found.items():
        strange = sorted({tag for _, tags in listed for tag in tags} - set(known_tags))
        if strange:
            raise DataError(
                f"{name}, {part}: the tag {strange[0]!r} occurs in no training sentence; there "
                f"are {', '.join(known_tags)}"
            )
        x = word_rows([words for words, _ in listed], read, lower=lower, length=longest)
        target = [torch.tensor([write.places[tag] for tag in tags]) for _, tags in listed]
        names = tuple(" ".join(words) for words, _ in listed)
        splits[part] = Examples({"x": x, "target": padded(target, longest)}, names)
    columns = {"x": Tokens(read, longest), "target": Tokens(write, longest)}
    return DataSet(name, **splits, columns=columns)


def word_rows(
    sentences: Sequence[Sequence[str]],
    known: Vocabulary,
    *,
    lower: bool,
    length: int | None = None,
) -> torch.Tensor:
    """Indices of the words of sentences, ``(N, length)``, those of unknown words 0."""
    places = known.places
    other = places[UNKNOWN]
    rows = [
        torch.tensor([places.get(_cased(word, lower), other) for word in words])
        for words in sentences
    ]
    return padded(rows, length)


def _cased(word: str, lower: bool) -> str:  # noqa: FBT001
    return word.lower() if lower else word
