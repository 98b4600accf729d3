"""Reuters-21578: news of 1987 with their topics, as counts of words."""

from __future__ import annotations

import html
import lzma
import re
import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from harmonium.bounds import Count
from harmonium.catalogue.find import find, places
from harmonium.catalogue.known import KNOWN
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.kinds import Counts
from harmonium.data.word_counts import Document, count_table, most_frequent, words_of
from harmonium.errors import DataError
from harmonium.files import expanded, regular

__all__ = ["reuters"]

_FILES = tuple(f"reut2-{number:03}.sgm" for number in range(22))
_LONGEST = 1 << 22
"""Bytes that one of the files may have."""

_ENTRY = re.compile(r"<REUTERS ([^>]*)>(.*?)</REUTERS>", re.DOTALL)
_TOPICS = re.compile(r"<TOPICS>(.*?)</TOPICS>", re.DOTALL)
_TOPIC = re.compile(r"<D>([^<]*)</D>")
_TEXT = re.compile(r"<TEXT[^>]*>(.*?)</TEXT>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def reuters(directory: Path | None = None, *, size: Count = 2000) -> DataSet:
    """Reuters-21578, news of 1987 as counts of words: 9603 train, 3299 test, split ModApte.

    Features are the `size` most frequent words of the training documents. The label of a document
    is its topic if it has exactly one, and that topic occurs in training; documents of several
    topics or of none have no label.

    Args:
        directory: Folder of reuters21578.tar.xz, or of the 22 files reut2-*.sgm; null to look in
            the usual places.
        size: Number of different words to count.

    Raises:
        FileNotFoundError: files are missing; the message gives their source and place.
        ValueError: a file is damaged, or the documents are not those of this collection.
    """
    documents: dict[str, list[Document]] = {"train": [], "test": []}
    for content in _contents(directory):
        for part, document in _entries(content):
            documents[part].append(document)
    rows = {part: len(found) for part, found in documents.items()}
    if rows != dict(KNOWN["reuters"].rows):
        raise DataError(
            f"Reuters-21578: {rows['train']} training and {rows['test']} test documents; the "
            f"split ModApte has 9603 and 3299: bring all files from {KNOWN['reuters'].where}"
        )
    words = most_frequent(documents["train"], size)
    topics = tuple(sorted({d.label for d in documents["train"] if d.label}))
    splits: dict[str, Any] = {
        part: Split(
            count_table(found, words, binary=False),
            _codes(found, topics),
            names=[document.name for document in found],
        )
        for part, found in documents.items()
    }
    columns = {"x": Counts((len(words),), tuple(words))}
    return DataSet("reuters", **splits, classes=topics, columns=columns)


def _codes(documents: Sequence[Document], topics: Sequence[str]) -> Tensor:
    number = {topic: k for k, topic in enumerate(topics)}
    return torch.tensor([number.get(document.label, -1) for document in documents])


def _contents(directory: Path | None) -> Iterator[str]:
    """Text of each of the 22 files, in order."""
    folder = None if directory is None else expanded(directory)
    if folder is not None and (folder / _FILES[0]).exists():
        for file in _FILES:
            with regular(folder / file).open("rb") as stream:
                yield stream.read(_LONGEST).decode("latin-1")
        return
    known = KNOWN["reuters"]
    name = known.folder or "reuters"
    (path,) = find(
        tuple(known.files), places(name, directory), title=known.title, origin=known.where
    )
    found = _unpacked(path)
    for file in _FILES:
        if file not in found:
            raise DataError(f"{path}: {file} is not in it: bring {known.where}")
        yield found[file].decode("latin-1")


def _unpacked(path: Path) -> Mapping[str, bytes]:
    """Contents of the files in an archive that belong to the collection."""
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(regular(path)) as archive:
            for member in archive:
                name = member.name.rpartition("/")[2]
                if name in _FILES and member.isfile() and member.size <= _LONGEST:
                    stream = archive.extractfile(member)
                    assert stream is not None
                    found[name] = stream.read()
    except (tarfile.TarError, lzma.LZMAError, EOFError, OSError) as error:
        raise DataError(
            f"{path}: not a whole archive ({error}): bring {KNOWN['reuters'].where}"
        ) from error
    return found


def _entries(content: str) -> Iterator[tuple[str, Document]]:
    """Split and document of each entry of a file that the split ModApte uses."""
    for about, entry in _ENTRY.findall(content):
        marks = dict(re.findall(r'([A-Z]+)="([^"]*)"', about))
        part = {"TRAIN": "train", "TEST": "test"}.get(marks.get("LEWISSPLIT", ""))
        if part is None or marks.get("TOPICS") != "YES":
            continue
        topics = _TOPIC.findall("".join(_TOPICS.findall(entry)))
        text = html.unescape(_TAG.sub(" ", " ".join(_TEXT.findall(entry))))
        label = topics[0] if len(topics) == 1 else ""
        yield part, Document(Counter(words_of(text)), marks.get("NEWID", ""), label)
