"""Abilities of models of sequences: to write them, to look back, to tag their words."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from torch import Tensor

__all__ = ["Addresses", "Aligns", "Batch", "Tags", "Transduces"]

Batch = Mapping[str, Tensor]
"""Column -> values, ``(B, *shape)``."""


@runtime_checkable
class Addresses(Protocol):
    """Writes sequences from a memory with heads."""

    def addresses(self, source: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """What it writes for one sequence ``(S,)``, and the weights of each head by step.

        The steps are those for the symbols, for the mark of their end, for what is written and
        for its end: ``(S + 1 + T + 1, slots)``.
        """
        ...


@runtime_checkable
class Aligns(Protocol):
    """Looks back at what it read while it writes a sequence."""

    def alignment(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """What it writes, ``(B, T)``, and where each step looked, ``(B, T, S)``, at least 0."""
        ...


@runtime_checkable
class Tags(Protocol):
    """Gives each word of a sentence a tag."""

    def tags(self, batch: Batch) -> Tensor:
        """Index of the tag of each word, ``(B, T)``, -1 after the end."""
        ...


@runtime_checkable
class Transduces(Protocol):
    """Writes a sequence for each sequence that it reads."""

    def transduce(self, batch: Batch) -> Tensor:
        """Indices of the symbols that it writes, ``(B, T)``, -1 after the end."""
        ...
