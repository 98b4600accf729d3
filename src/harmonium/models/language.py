"""A net that continues texts."""

from typing import Any, ClassVar

import torch
from torch import Tensor

from harmonium.data import DataSet, Examples, Tokens, Vocabulary
from harmonium.errors import UsageError
from harmonium.models.abilities import Batch
from harmonium.models.net import NetModel
from harmonium.random import Source
from harmonium.sampling.picking import Pick

__all__ = ["LanguageModel"]

_PIECE = 4096
"""Steps of a stream that are computed at once."""


class LanguageModel(NetModel):
    """A recurrent net from texts in the column "x" to the next symbol.

    Args:
        net: ``(B, T) -> (B, T, symbols)`` and a state; shared, not copied.
    """

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
            ValueError: the net has another number of symbols.
        """
        known = data.vocabulary
        if known is None:
            return  # the data are refused where rows are checked
        if len(known) != self.net.symbols:
            raise UsageError(
                f"model: it knows {self.net.symbols} symbols, but {data.name} has {len(known)} "
                f"different {known.unit}: make vocabulary {len(known)}"
            )
        self.net.vocabulary = known

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

    @torch.no_grad()
    def next_log_probs(self, rows: Examples) -> Tensor:
        """log p of every symbol that follows another one, in nats, ``(symbols,)``."""
        kind = rows.kinds.get("x")
        x = rows.x[:]
        if isinstance(kind, Tokens) and kind.stream:
            x, pieces = kind.joined(x)[None], []
            state = None
            for at in range(0, x.shape[1] - 1, _PIECE):
                logits, state = self.net(x[:, at : at + _PIECE][:, : x.shape[1] - 1 - at], state)
                pieces.append(_picked(logits, x[:, at + 1 : at + 1 + _PIECE]))
            return torch.cat(pieces)
        pieces = []
        for part in x.split(max(1, _PIECE // x.shape[1])):
            logits, _ = self.net(part[:, :-1].clamp(min=0))
            pieces.append(_picked(logits, part[:, 1:]))
        return torch.cat(pieces)

    @torch.no_grad()
    def continued(
        self, prompt: Tensor, length: int, *, pick: Pick | None = None, source: Source = None
    ) -> Tensor:
        """Continues every row of a prompt, ``(n, T) -> (n, length)``, int64.

        Args:
            prompt: indices of symbols, at least one in each row.
            length: symbols to draw.
            pick: how they are drawn; None: from their probabilities.
            source: random generator.

        Raises:
            ValueError: the prompt is empty.
        """
        if prompt.ndim != 2 or not prompt.shape[1]:
            raise UsageError("the prompt is empty: give at least one symbol to begin with")
        pick = Pick() if pick is None else pick
        drawn: list[Tensor] = []
        tokens, state = prompt, None
        for _ in range(length):  # each symbol depends on the one before
            logits, state = self.net(tokens, state)
            drawn.append(pick(logits[:, -1], source))
            tokens = drawn[-1][:, None]
        return torch.stack(drawn, 1) if drawn else prompt[:, :0]

    @torch.no_grad()
    def activities(self, tokens: Tensor) -> Tensor:
        """Hidden values after every symbol, ``(n, T) -> (n, T, units)``."""
        values: Tensor = self.net.hidden(tokens)[0]
        return values


def _picked(logits: Tensor, wanted: Tensor) -> Tensor:
    """log p of the wanted symbols, those that are there, ``(symbols,)``."""
    there = wanted >= 0
    chosen = logits.log_softmax(-1).gather(-1, wanted.clamp(min=0)[..., None]).squeeze(-1)
    return chosen[there]
