"""Vocabularies: the symbols that a model of language knows, and their indices."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import torch
from torch import Tensor

from harmonium.errors import DataError

__all__ = ["UNKNOWN", "Unit", "Vocabulary", "parts_of"]

Unit = Literal["characters", "words", "symbols"]
"""Into what a text is cut; symbols stand between spaces, such as names of notes."""

UNKNOWN = "<unknown>"
"""The symbol that stands for all words outside a vocabulary."""

_WORDS = re.compile(r"\n|\w+(?:['\N{RIGHT SINGLE QUOTATION MARK}]\w+)*|[^\w\s]")
_SYMBOLS = re.compile(r"\n|\S+")
_CLOSING = set(".,;:!?)]}\n")
_OPENING = set("([{\n")
_NAMED = 5
"""Unknown symbols that a message lists."""


@dataclass(frozen=True)
class Vocabulary:
    """The symbols of a text, in the order of their indices.

    Args:
        symbols: characters or words, all different.
        unit: into what a text is cut: every character; or words, punctuation marks and ends of
            lines; or whatever stands between spaces, and ends of lines. A vocabulary of words may
            hold "<unknown>", which stands for all other words.

    Raises:
        ValueError: there are no symbols, or a symbol is there twice.

    >>> letters = Vocabulary(tuple("abc"))
    >>> letters.encode("cab").tolist(), letters.decode([2, 0, 1])
    ([2, 0, 1], 'cab')
    >>> letters.encode("abd")
    Traceback (most recent call last):
    harmonium.errors.DataError: the text: 'd' at place 2 (from 0) is not among the 3 characters \
that are known: leave it out, or train on a text that has it
    """

    symbols: tuple[str, ...]
    unit: Unit = "characters"

    def __post_init__(self) -> None:
        object.__setattr__(self, "symbols", tuple(self.symbols))
        if not self.symbols:
            raise DataError("a vocabulary without symbols: give at least one")
        if len(self.places) != len(self.symbols):
            twice = [s for s, n in Counter(self.symbols).items() if n > 1]
            raise DataError(f"a vocabulary with {twice[0]!r} twice: give every symbol once")

    @classmethod
    def of(cls, text: str, *, unit: Unit = "characters", size: int | None = None) -> Vocabulary:
        """Makes the vocabulary of a text.

        Args:
            text: the text.
            unit: characters, in the order of their code points; or words or symbols, the most
                frequent first, ties in alphabetical order.
            size: most words, "<unknown>" among them; None for all words of the text, without it.

        >>> Vocabulary.of("to be or not to be", unit="words", size=3).symbols
        ('<unknown>', 'be', 'to')
        """
        if unit == "characters":
            return cls(tuple(sorted(set(text))))
        counts = Counter(parts_of(text, unit))
        ordered = sorted(counts, key=lambda word: (-counts[word], word))
        if size is None:
            return cls(tuple(ordered), unit)
        return cls((UNKNOWN, *ordered[: size - 1]), unit)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Symbol -> index."""
        return {symbol: k for k, symbol in enumerate(self.symbols)}

    @property
    def beginning(self) -> str:
        """Symbol to begin a text with: the end of a line if it is known, or the first symbol."""
        known = (s for s in ("\n", *self.symbols) if s in self.places and s != UNKNOWN)
        return next(known, UNKNOWN)

    def __len__(self) -> int:
        return len(self.symbols)

    def encode(self, text: str, *, name: str = "the text") -> Tensor:
        """Indices of the symbols of a text, int64 ``(T,)``.

        Raises:
            ValueError: a symbol is unknown; the message gives the first one and its place.
        """
        parts, places = parts_of(text, self.unit), self.places
        other = places.get(UNKNOWN) if self.unit == "words" else None
        indices = [places.get(part, other) for part in parts]
        if None in indices:
            self._refuse(parts, indices, name=name)
        return torch.tensor(indices, dtype=torch.int64)

    def decode(self, indices: Tensor | Iterable[int]) -> str:
        """The text of indices; indices below 0 are left out, as they stand for no symbol."""
        numbers = indices.flatten().tolist() if isinstance(indices, Tensor) else indices
        parts = [self.symbols[k] for k in numbers if k >= 0]
        if self.unit == "characters":
            return "".join(parts)
        return _joined(parts) if self.unit == "words" else _spaced(parts)

    def _refuse(self, parts: Sequence[str], indices: Sequence[int | None], *, name: str) -> None:
        at = indices.index(None)
        strange = list(dict.fromkeys(p for p, k in zip(parts, indices, strict=True) if k is None))
        more = f", and {len(strange) - 1} others" if len(strange) > 1 else ""
        if 1 < len(strange) <= _NAMED:
            more = f", and so is {', '.join(map(repr, strange[1:]))}"
        remedy = "leave it out, or train on a text that has it"
        raise DataError(
            f"{name}: {parts[at]!r} at place {at} (from 0) is not among the {len(self)} "
            f"{self.unit} that are known{more}: {remedy}"
        )


def parts_of(text: str, unit: Unit) -> Sequence[str]:
    """Cuts a text into characters, words and punctuation marks, or symbols; and ends of lines.

    >>> parts_of("Don't stop.", "words"), parts_of("F#4 - |", "symbols")
    (["Don't", 'stop', '.'], ['F#4', '-', '|'])
    """
    if unit == "characters":
        return text
    return (_WORDS if unit == "words" else _SYMBOLS).findall(text)


def _spaced(symbols: Sequence[str]) -> str:
    """Symbols with spaces between them, but none at ends of lines."""
    return re.sub(" ?\n ?", "\n", " ".join(symbols))


def _joined(words: Sequence[str]) -> str:
    """Words as a text, with spaces where they are usual."""
    made, before = [], "\n"
    for word in words:
        made.append(word if word in _CLOSING or before in _OPENING else f" {word}")
        before = word
    return "".join(made)
