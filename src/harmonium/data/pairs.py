"""Pairs of sequences: a text to read, and the text to write for it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harmonium.bounds import Share
from harmonium.data.dataset import DataSet
from harmonium.data.encodings import read_text
from harmonium.data.examples import Examples
from harmonium.data.split import with_test
from harmonium.data.tokens import Tokens, padded
from harmonium.data.vocabulary import Unit, Vocabulary
from harmonium.errors import DataError

__all__ = ["pair_set", "pairs", "read_pairs"]

Pairs = tuple[Sequence[str], Sequence[str]]
"""Sources, and their targets."""


def pairs(
    train: Path,
    test: Path | Share | None = 0.1,
    *,
    validation: Path | None = None,
    unit: Unit = "characters",
    encoding: str = "utf-8",
    header: bool = False,
) -> DataSet:
    """Pairs of texts, one pair a line: the text to read, a tab, and the text to write.

    Files may be plain, .gz or .xz. A file whose name has .csv in it is read as CSV with two
    columns. The vocabularies are the symbols of the training pairs.

    Args:
        train: File with the training pairs.
        test: File with the test pairs, or a fraction of the training pairs to hold out; null for
            none.
        validation: File with the validation pairs; null for none.
        unit: What a symbol is: a character or a word.
        encoding: Encoding of the files, such as utf-8, latin-1 or cp1251.
        header: Whether the first line of a file names the columns.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a line has not two columns, a text to read is empty, or a symbol of a test
            pair is unknown; the message gives file and line, or the symbol.
    """
    files = {"train": train, "validation": validation, "test": test}
    found = {
        part: read_pairs(Path(file), encoding=encoding, header=header)
        for part, file in files.items()
        if isinstance(file, str | Path)
    }
    data = pair_set(Path(train).name.split(".")[0], found, unit=unit)
    return data if isinstance(test, str | Path) or not test else with_test(data, test)


def read_pairs(path: Path, *, encoding: str = "utf-8", header: bool = False) -> Pairs:
    """Reads a file of pairs.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: there are no pairs, a line has not two columns, or nothing to read.
    """
    text = read_text(path, encoding)
    if ".csv" in path.suffixes:
        rows = [*csv.reader(io.StringIO(text))]
    else:
        rows = [line.split("\t") if line else [] for line in text.split("\n")]
    numbered = [(at, row) for at, row in enumerate(rows, 1) if row][int(header) :]
    for at, row in numbered:
        if len(row) != 2 or not row[0]:
            what = "nothing to read" if len(row) == 2 else f"{len(row)} columns"
            raise DataError(
                f"{path}, line {at}: {what}; a text to read, a tab and a text to write are needed"
            )
    if not numbered:
        raise DataError(f"{path}: no pair in it; at least one is needed")
    return [row[0] for _, row in numbered], [row[1] for _, row in numbered]


def pair_set(
    name: str,
    found: Mapping[str, Pairs],
    *,
    unit: Unit = "characters",
    known: tuple[Vocabulary, Vocabulary] | None = None,
) -> DataSet:
    """Makes a data set of pairs by split.

    Columns are "x", the texts to read, and "target", the texts to write. The name of a row is its
    text to read.

    Args:
        name: of the set.
        found: split -> sources and targets; with "train".
        unit: what a symbol is.
        known: symbols of the sources and of the targets; None: those of "train".

    Raises:
        ValueError: a text has an unknown symbol.

    >>> toy = pair_set("toy", {"train": (["aab", "b"], ["21", "1"])})
    >>> toy, toy.train.columns["target"].tolist()
    (DataSet('toy': 2 train, each 3, 2 characters to 2), [[1, 0], [0, -1]])
    """
    columns: dict[str, Any] = {}
    encoded: dict[str, dict[str, Any]] = {part: {} for part in found}
    for column, side in {"x": 0, "target": 1}.items():
        joined = ("" if unit == "characters" else " ").join(found["train"][side])
        vocabulary = Vocabulary.of(joined, unit=unit) if known is None else known[side]
        texts = {
            part: [
                vocabulary.encode(text, name=f"{name}, {part}, row {row} (from 0)")
                for row, text in enumerate(listed[side])
            ]
            for part, listed in found.items()
        }
        longest = max(len(text) for listed in texts.values() for text in listed)
        columns[column] = Tokens(vocabulary, longest)
        for part, listed in texts.items():
            encoded[part][column] = padded(listed, longest)
    splits: dict[str, Any] = {
        part: Examples(encoded[part], tuple(found[part][0])) for part in found
    }
    return DataSet(name, **splits, columns=columns)
