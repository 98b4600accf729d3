"""Text as a data set: counts of the most frequent words or characters."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from harmonium.bounds import Count, Share
from harmonium.data.dataset import DataSet
from harmonium.data.examples import Split
from harmonium.data.expand import opened_text
from harmonium.data.kinds import Counts, Numbers
from harmonium.data.labels import encode, folder_codes
from harmonium.data.split import held_out
from harmonium.data.walk import walked
from harmonium.data.word_counts import Document, count_table, most_frequent, words_of
from harmonium.errors import DataError

__all__ = ["text"]


def text(  # noqa: PLR0913
    train: Path,
    test: Path | Share | None = None,
    *,
    unit: Literal["words", "characters"] = "words",
    size: Count = 2000,
    binary: bool = False,
    labelled: bool = False,
    words: Sequence[str] | None = None,
) -> DataSet:
    """Documents as counts of words, for Multinomial units, or as 0 and 1, for Bernoulli units.

    A file holds one document per line, a folder one document per file, labelled by the folder
    below it; text is UTF-8, plain or .gz. Words are runs of letters, in lower case. Features are
    the `size` most frequent words of the training documents, ties in alphabetical order; other
    words are left out. Row names are file names and line numbers.

    Args:
        train: File or folder with the training documents.
        test: File or folder with the test documents, or a fraction of the training documents to
            hold out; null for none.
        unit: Words or characters to count.
        size: Number of different words to count.
        binary: Use 1 for a word that occurs, instead of its count.
        labelled: Whether each line of a file begins with a label and a tab.
        words: Words to count, in this order, instead of the `size` most frequent.

    Raises:
        FileNotFoundError: a file or folder is missing.
        ValueError: there are no documents or no words, a line has no label, a file is damaged or
            not UTF-8, or the counts do not fit into memory.
    """
    counted = {"train": list(_counted(Path(train), unit, labelled=labelled))}
    if isinstance(test, str | Path):
        counted["test"] = list(_counted(Path(test), unit, labelled=labelled))
    for part, path in {"train": train, "test": test}.items():
        if part in counted and not counted[part]:
            raise DataError(f"{path}: no document in it; at least one is needed")
    if isinstance(test, int | float) and test != 0:
        counted = _apart(counted["train"], test, folders=Path(train).is_dir())
    if words is None:
        words = most_frequent(counted["train"], size)
    else:
        _check_known(counted["train"], words, where=train)
    if not words:
        raise DataError(f"{train}: no {unit} in any document")
    codes, classes = _codes(counted, folders=Path(train).is_dir())
    splits: dict[str, Any] = {
        part: Split(
            count_table(documents, words, binary=binary),
            codes[part] if classes else None,
            names=tuple(d.name for d in documents),
        )
        for part, documents in counted.items()
    }
    return DataSet(
        Path(train).name.split(".")[0],
        **splits,
        columns={"x": (Numbers if binary else Counts)((len(words),), tuple(words))},
        classes=classes,
    )


def _codes(
    documents: Mapping[str, Sequence[Document]], *, folders: bool
) -> tuple[dict[str, Tensor], tuple[str | int, ...]]:
    """Codes of the labels, and the classes; names of folders are not read as numbers."""
    labels = {part: [d.label for d in rows] for part, rows in documents.items()}
    return folder_codes(labels) if folders else encode(labels, unlabelled="")


def _check_known(documents: Sequence[Document], words: Sequence[str], *, where: Path) -> None:
    """Warns of documents without any of the words: their rows are zeros."""
    known = set(words)
    strange = sum(known.isdisjoint(document.counts) for document in documents)
    if strange:
        warnings.warn(
            f"{where}: {strange} of {len(documents)} documents have none of the {len(words)} "
            "words that are counted: their rows are zeros",
            UserWarning,
            stacklevel=3,
        )


def _apart(
    documents: Sequence[Document], share: float, *, folders: bool
) -> dict[str, list[Document]]:
    """Training and test documents; the vocabulary is made from the former alone."""
    codes, _ = _codes({"train": documents}, folders=folders)
    source = torch.Generator().manual_seed(0)
    kept, held = held_out(codes["train"], share, source=source)
    return {
        "train": [documents[i] for i in kept.tolist()],
        "test": [documents[i] for i in held.tolist()],
    }


def _counted(path: Path, unit: str, *, labelled: bool) -> Iterator[Document]:
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder")
    documents = _of_folder(path) if path.is_dir() else _of_file(path, labelled=labelled)
    for contents, name, label in documents:
        tokens = words_of(contents) if unit == "words" else contents
        yield Document(Counter(tokens), name, label)


def _of_file(path: Path, *, labelled: bool) -> Iterator[tuple[str, str, str]]:
    with opened_text(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not (contents := line.rstrip("\r\n")).strip():
                continue
            label, tab, rest = contents.partition("\t")
            if labelled and not tab:
                raise DataError(
                    f"{path}, line {number}: no tab after a label: begin each line with label and "
                    "tab, or set labelled to false"
                )
            yield (rest if labelled else contents), str(number), (label if labelled else "")


def _of_folder(folder: Path) -> Iterator[tuple[str, str, str]]:
    for place, _, files in walked(folder):
        for file in files:
            path = place / file
            *above, name = path.relative_to(folder).parts
            with opened_text(path) as lines:
                yield lines.read(), "/".join([*above, name]), above[0] if above else ""
