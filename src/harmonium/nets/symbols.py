"""Nets from the symbols of one vocabulary to those of another."""

from collections.abc import Sequence
from typing import Any

from torch import nn

from harmonium.connections.matrix import linear
from harmonium.data.vocabulary import Unit, Vocabulary
from harmonium.errors import UsageError
from harmonium.random import initial

__all__ = ["SymbolNet", "dense", "vectors"]


class SymbolNet(nn.Module):
    """The base of nets that read symbols and write symbols, and know both vocabularies.

    Args:
        sources: number of symbols to read; or the symbols themselves, which a run puts here.
        targets: number of symbols to write; or the symbols themselves.
        unit: what a symbol is: a character or a word.
        settings: other arguments of the constructor.

    Raises:
        ValueError: a vocabulary is empty, or a symbol is there twice.
    """

    def __init__(
        self,
        sources: int | Sequence[str],
        targets: int | Sequence[str],
        *,
        unit: Unit,
        settings: dict[str, Any],
    ) -> None:
        super().__init__()
        self.sources, self._sources = _counted(sources, unit)
        self.targets, self._targets = _counted(targets, unit)
        self.settings: dict[str, Any] = {
            "sources": sources if self._sources is None else [*self._sources.symbols],
            "targets": targets if self._targets is None else [*self._targets.symbols],
            "unit": unit,
            **settings,
        }

    @property
    def vocabularies(self) -> tuple[Vocabulary, Vocabulary]:
        """The symbols that are read, and those that are written.

        Raises:
            ValueError: only their numbers were given.
        """
        if self._sources is None or self._targets is None:
            raise UsageError(
                "the net knows how many symbols there are, and not which: give the symbols as its "
                "sources and targets"
            )
        return self._sources, self._targets

    def take(self, sources: Vocabulary, targets: Vocabulary) -> None:
        """Takes over the symbols that are read and those that are written."""
        self._sources, self._targets = sources, targets
        self.settings |= {
            "sources": [*sources.symbols],
            "targets": [*targets.symbols],
            "unit": sources.unit,
        }


def _counted(given: int | Sequence[str], unit: Unit) -> tuple[int, Vocabulary | None]:
    """The number of symbols, and the symbols if they are given."""
    if isinstance(given, Sequence):
        return len(given), Vocabulary(tuple(given), unit)
    return int(given), None


def vectors(symbols: int, width: int) -> nn.Embedding:
    """A vector that is learned for every symbol, ``(symbols, width)``."""
    return nn.Embedding.from_pretrained(initial(symbols, width), freeze=False)


def dense(outputs: int, inputs: int) -> nn.Linear:
    """A linear layer whose weights are normal with variance 1 / inputs."""
    return linear(initial(outputs, inputs, std=inputs**-0.5))
