"""Text files as one stream of characters or words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from harmonium.bounds import Count, Share
from harmonium.data.dataset import DataSet
from harmonium.data.encodings import read_text
from harmonium.data.examples import Examples
from harmonium.data.tokens import Tokens
from harmonium.data.vocabulary import Unit, Vocabulary, parts_of
from harmonium.errors import DataError

__all__ = ["characters", "stream_set", "windows", "words"]

_LEAST = 2
"""Symbols of the shortest text of which one follows another."""


def characters(
    train: Path, test: Path | Share | None = 0.1, *, encoding: str = "utf-8", length: Count = 64
) -> DataSet:
    """A text file as a stream of characters, for models that continue texts.

    A row has `length` characters to predict from those before. The vocabulary is every character
    of the training text. Files may be plain, .gz or .xz.

    Args:
        train: Text file with the training text.
        test: Text file, or a fraction of the training text, from its end, to test on; null for
            none.
        encoding: Encoding of the files, such as utf-8, latin-1 or cp1251.
        length: Characters of a row, through which gradients flow back.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: a file is not in this encoding (the message gives the place of the byte), a
            text is too short, or the test text has a character that the training text lacks.
    """
    texts = _texts(train, test, encoding=encoding, whole_words=False)
    return stream_set(_stem(train), texts, length=length)


def words(
    train: Path,
    test: Path | Share | None = 0.1,
    *,
    encoding: str = "utf-8",
    length: Count = 32,
    size: Count | None = 10_000,
) -> DataSet:
    """A text file as a stream of words, for models that continue texts.

    Words, punctuation marks and ends of lines follow each other. Words outside the vocabulary
    become "<unknown>".

    Args:
        train: Text file with the training text.
        test: Text file, or a fraction of the training text, from its end, to test on; null for
            none.
        encoding: Encoding of the files, such as utf-8, latin-1 or cp1251.
        length: Words of a row, through which gradients flow back.
        size: Number of words that are known, the most frequent of the training text; null for all,
            so that other words are refused.

    Raises:
        FileNotFoundError: a file is missing.
        ValueError: as `characters`.
    """
    texts = _texts(train, test, encoding=encoding, whole_words=True)
    return stream_set(_stem(train), texts, length=length, unit="words", size=size)


def stream_set(
    name: str,
    texts: dict[str, str],
    *,
    length: int,
    unit: Unit = "characters",
    size: int | None = None,
    known: Vocabulary | None = None,
) -> DataSet:
    """Makes a data set of streams.

    Args:
        name: of the set.
        texts: split -> its text; with "train".
        length: symbols of a row that follow another one.
        unit: into what texts are cut.
        size: number of words in the vocabulary; None for all.
        known: the vocabulary; None for that of the training text.

    Raises:
        ValueError: a text has fewer than two symbols, or one that the vocabulary lacks.

    >>> toy = stream_set("toy", {"train": "to be or not to be"}, length=4)
    >>> toy, toy.train.x.shape, toy.columns["x"].text(toy.train.x[1:3])
    (DataSet('toy': 5 train, each 5, 7 characters), torch.Size([5, 5]), 'e or not ')
    """
    for part, text in texts.items():
        found = len(parts_of(text, unit))
        if found < _LEAST:
            raise DataError(
                f"{name}, {part}: {found} {unit} of text; at least {_LEAST} are needed"
            )
    vocabulary = known or Vocabulary.of(texts["train"], unit=unit, size=size)
    splits: dict[str, Any] = {
        part: Examples({"x": windows(vocabulary.encode(text, name=f"{name}, {part}"), length)})
        for part, text in texts.items()
    }
    return DataSet(name, **splits, columns={"x": Tokens(vocabulary, length + 1, stream=True)})


def windows(stream: Tensor, length: int) -> Tensor:
    """Cuts a stream ``(T,)`` into rows ``(N, length + 1)``.

    Each row begins with the last symbol of the row before. The last one ends with -1 where the
    stream is too short.

    >>> import torch
    >>> windows(torch.arange(6), 2).tolist()
    [[0, 1, 2], [2, 3, 4], [4, 5, -1]]
    """
    rows = -(-(len(stream) - 1) // length)
    padded = stream.new_full((rows * length + 1,), -1)
    padded[: len(stream)] = stream
    return padded.unfold(0, length + 1, length).contiguous()


def _texts(
    train: Path, test: Path | float | None, *, encoding: str, whole_words: bool
) -> dict[str, str]:
    whole = read_text(Path(train), encoding)
    if test is None:
        return {"train": whole}
    if isinstance(test, str | Path):
        return {"train": whole, "test": read_text(Path(test), encoding)}
    cut = len(whole) - round(test * len(whole))
    if whole_words and 0 < cut < len(whole):  # back to the last space before the cut
        cut = max(whole.rfind(" ", 0, cut), whole.rfind("\n", 0, cut)) + 1 or cut
    if not 0 < cut < len(whole):
        if test == 0:
            return {"train": whole}
        raise DataError(f"{train}: test {test} of {len(whole)} characters leaves a part empty")
    return {"train": whole[:cut], "test": whole[cut:]}


def _stem(path: Path) -> str:
    return Path(path).name.split(".")[0]
