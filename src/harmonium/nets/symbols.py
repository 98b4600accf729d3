"""Bases of nets of symbols: those of one vocabulary, and those from one to another."""

from collections.abc import Sequence
from typing import Any

from torch import nn

from harmonium.connections.matrix import linear
from harmonium.data.vocabulary import Unit, Vocabulary
from harmonium.errors import UsageError
from harmonium.random import initial

__all__ = ["SymbolNet", "VocabularyNet", "dense", "vectors"]


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


class VocabularyNet(nn.Module):
    """The base of nets that write the symbols of one vocabulary, and know them.

    Args:
        vocabulary: number of symbols; or the symbols themselves, which a run puts here.
        unit: what a symbol is; None: what the data of a run say, otherwise a character.
        settings: other arguments of the constructor.

    Raises:
        ValueError: there are fewer than two symbols, or one is there twice.
    """

    def __init__(
        self, vocabulary: int | Sequence[str], *, unit: Unit | None, settings: dict[str, Any]
    ) -> None:
        super().__init__()
        size = len(vocabulary) if isinstance(vocabulary, Sequence) else int(vocabulary)
        if size < 2:
            raise UsageError(f"a vocabulary of {size} symbols: at least 2 are needed")
        self.symbols, self._known = _counted(vocabulary, unit or "characters")
        self.settings: dict[str, Any] = {
            "vocabulary": self.symbols if self._known is None else [*self._known.symbols],
            "unit": unit,
            **settings,
        }

    @property
    def vocabulary(self) -> Vocabulary:
        """The symbols.

        Raises:
            ValueError: only their number was given.
        """
        if self._known is None:
            raise UsageError(
                "the net knows how many symbols there are, and not which: give the symbols as its "
                "vocabulary"
            )
        return self._known

    @vocabulary.setter
    def vocabulary(self, known: Vocabulary) -> None:
        self._known = known
        self.settings |= {"vocabulary": [*known.symbols], "unit": known.unit}


def _counted(given: int | Sequence[str], unit: Unit) -> tuple[int, Vocabulary | None]:
    """The number of symbols, and the symbols if they are given."""
    if isinstance(given, Sequence):
        return len(given), Vocabulary(tuple(given), unit)
    return int(given), None


def vectors(symbols: int, width: int, *, std: float = 1.0) -> nn.Embedding:
    """A vector that is learned for every symbol, ``(symbols, width)``."""
    return nn.Embedding.from_pretrained(initial(symbols, width, std=std), freeze=False)


def dense(outputs: int, inputs: int) -> nn.Linear:
    """A linear layer whose weights are normal with variance 1 / inputs."""
    return linear(initial(outputs, inputs, std=inputs**-0.5))
