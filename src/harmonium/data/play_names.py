"""Names in the plays of Tiny Shakespeare, whose capitals are taken away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from harmonium.bounds import Count
from harmonium.data.dataset import DataSet
from harmonium.data.shakespeare import shakespeare
from harmonium.data.tagged import Sentence, tag_set

__all__ = ["named_sentences", "play_names"]

_WORD = re.compile(r"\w+(?:'\w+)*|[^\w\s]")
_FIRST_PERSON = re.compile(r"(I('\w+)?|O)\Z")
"""Words that always have a capital."""

_ENDS = {".", "?", "!"}
_BEFORE_CAPITALS = {*_ENDS, ":", "'", '"', "-", None}
"""Marks after which any word may have a capital; None is the beginning of a line."""

_Word = tuple[str, str | None]
"""A word, and the word before it in its line."""


def play_names(
    directory: Path | None = None, *, size: Count = 10_000, longest: Count = 40
) -> DataSet:
    """Sentences of Shakespeare's plays in lower case: which words had the capital of a name?

    Tags are O for no name, B-NAME for the first word of a name, and I-NAME for those that follow
    it ("king richard"). A word has a name's capital if it is written with one within a line. Where
    any word may have one, at the beginning of a line or sentence, the rest of the text decides: it
    is a name if most of its other places have one. Headings with the speakers are left out. The
    sentences of the first nine tenths of the text are for training, those of the last tenth, in
    which a play begins, for the test.

    Args:
        directory: Folder of the file of Tiny Shakespeare; null to look in the usual places.
        size: Number of different words to know.
        longest: Words of a sentence, at most; longer ones are cut.

    Raises:
        FileNotFoundError: the file is missing; the message gives its source and place.
        ValueError: the file is damaged or altered.
    """
    parts = shakespeare(directory)
    names = _names(parts)
    found = {part: named_sentences(text, names, longest=longest) for part, text in parts.items()}
    return tag_set("play_names", found, size=size)


def named_sentences(text: str, names: frozenset[str], *, longest: int) -> list[Sentence]:
    """Sentences in lower case with their tags.

    Args:
        text: speeches with a blank line between, each with its speaker in the first line.
        names: words in lower case that are names where any word may have a capital.
        longest: words of a sentence, at most.
    """
    found: list[Sentence] = []
    for lines in _speeches(text):
        words: list[str] = []
        tags: list[str] = []
        for line in lines:
            tag = "O"
            for word, before in line:
                named = _is_name(word, before, names=names)
                tag = "O" if not named else ("B-NAME" if tag == "O" else "I-NAME")
                words.append(word.lower())
                tags.append(tag)
                if word in _ENDS or len(words) == longest:
                    found.append((words, tags))
                    words, tags = [], []
        if words:
            found.append((words, tags))
    return found


def _speeches(text: str) -> Iterator[list[list[_Word]]]:
    """The lines of each speech as words with those before them, without the speaker."""
    for block in text.split("\n\n"):
        lines = block.strip("\n").split("\n")
        spoken = lines[1:] if lines[0].endswith(":") else lines
        yield [_line(line) for line in spoken]


def _line(line: str) -> list[_Word]:
    words = _WORD.findall(line)
    return [*zip(words, [None, *words], strict=False)]


def _names(parts: dict[str, str]) -> frozenset[str]:
    """Words in lower case that mostly have a capital where not every word may have one."""
    counts: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    for text in parts.values():
        for lines in _speeches(text):
            for word, before in (pair for line in lines for pair in line):
                if before not in _BEFORE_CAPITALS:
                    counts[word.lower()] += 1
                    capitals[word.lower()] += _has_capital(word)
    return frozenset(word for word, n in counts.items() if 2 * capitals[word] > n)


def _is_name(word: str, before: str | None, *, names: frozenset[str]) -> bool:
    if not _has_capital(word):
        return False
    return before not in _BEFORE_CAPITALS or word.lower() in names


def _has_capital(word: str) -> bool:
    return word[0].isupper() and not _FIRST_PERSON.match(word)
