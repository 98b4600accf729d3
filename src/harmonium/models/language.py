"""A net that continues texts."""

from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.data import DataSet, Examples, Tokens, Vocabulary
from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.models.symbols import take_vocabulary
from harmonium.nets.continuing import continued, next_log_probs
from harmonium.random import Source
from harmonium.sampling.picking import Pick

__all__ = ["LanguageModel", "MarkovModel"]

_LOGITS = 10_000_000
"""Logits of rows that are computed at once."""


class _TextModel(NetModel):
    """A net from texts in the column "x" to the next symbol."""

    net: Any
    reads_tokens: ClassVar[bool] = True
    """It reads indices of symbols."""

    @property
    def width(self) -> int:
        """0, since it reads rows of any length."""
        return 0

    @property
    def vocabulary(self) -> Vocabulary:
        """The symbols.

        Raises:
            ValueError: only their number is known.
        """
        known: Vocabulary = self.net.vocabulary
        return known

    def meet(self, data: DataSet) -> None:
        """Takes over the symbols of the data.

        Raises:
            ValueError: the net has another number of symbols, or was given others or another unit.
        """
        known = data.vocabulary
        if known is None:
            return  # the data are refused where rows are checked
        take_vocabulary(self.net, known, name=data.name)

    def reads(self, rows: Examples) -> Examples:
        """Returns the rows unchanged."""
        return rows

    def check(self, batch: Batch) -> None:
        """Raises ValueError where an index has no symbol, or rows have fewer than two."""
        x = batch["x"]
        if x.is_floating_point() or x.shape[1] < 2 or int(x.max()) >= self.net.symbols:
            raise UsageError(
                f"rows {x.dtype} {tuple(x.shape)}: at least two indices of {self.net.symbols} "
                "symbols are needed in each"
            )

    def next_log_probs(self, rows: Examples) -> Tensor:
        """log p of every symbol that follows another one, in nats, ``(symbols,)``.

        A stream is read from its beginning to its end with one state, other rows one by one.
        """
        kind = rows.kinds.get("x")
        x = rows.x[:]
        if isinstance(kind, Tokens) and kind.stream:
            return next_log_probs(self.net, kind.joined(x)[None])[0]
        found = [
            next_log_probs(self.net, part)[part[:, 1:] >= 0]
            for part in x.split(max(1, _LOGITS // (x.shape[1] * self.net.symbols)))
        ]
        return torch.cat(found)

    def continued(
        self, prompt: Tensor, length: int, *, pick: Pick | None = None, source: Source = None
    ) -> Tensor:
        """Continues every row of a prompt by drawn symbols, ``(n, T) -> (n, length)``.

        Raises:
            ValueError: the prompt is empty.
        """
        return continued(self.net, prompt, length=length, pick=pick, source=source)


class LanguageModel(_TextModel):
    """A recurrent net from texts in the column "x" to the next symbol.

    Args:
        net: ``(B, T) -> (B, T, symbols)`` and a state; shared, not copied.
    """

    @torch.no_grad()
    def activities(self, tokens: Tensor) -> Tensor:
        """Hidden values after every symbol, ``(n, T) -> (n, T, units)``."""
        values: Tensor = self.net.hidden(tokens)[0]
        return values


class MarkovModel(_TextModel):
    """A Markov chain from texts in the column "x" to the next symbol.

    Args:
        net: ``(B, T) -> (B, T, symbols)`` and a state; shared, not copied.
    """

    def counted(self, rows: Examples) -> Examples:
        """The rows as they are; a stream as one text."""
        kind, x = rows.kinds.get("x"), rows.x[:]
        if isinstance(kind, Tokens) and kind.stream:
            x = kind.joined(x)[None]
        return Examples({"x": x})

    def count(self, batch: Batch) -> dict[str, Tensor]:
        """Counts what follows what in texts; returns their ``token_nats``."""
        self.net.count(batch["x"])
        log_probs = self.next_log_probs(Examples({"x": batch["x"]}))
        return {"token_nats": -log_probs.double().mean()}

    def transitions(self) -> Tensor:
        """p(next symbol | symbol), ``(symbols, symbols)``."""
        found: Tensor = self.net.transitions()
        return found
