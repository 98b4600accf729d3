"""Abilities of models of sequences: to write them, of pictures too, to look back, to tag words."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from torch import Tensor

from harmonium.random import Source
from harmonium.sampling.picking import Pick

__all__ = ["Addresses", "Aligns", "Batch", "Describes", "Tags", "Transduces"]

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
class Describes(Protocol):
    """Writes captions of pictures, and knows how probable a caption is."""

    def described(
        self, batch: Batch, *, pick: Pick | None = None, source: Source = None
    ) -> Tensor:
        """Drawn captions of the pictures "x", ``(B, T)``, -1 after the end."""
        ...

    def caption_log_probs(self, batch: Batch) -> Tensor:
        """log p of each word of "target" and of its end, in nats, ``(B, T + 1)``, 0 after it."""
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
