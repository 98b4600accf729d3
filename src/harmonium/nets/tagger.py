"""A bidirectional recurrent net that gives each word of a sentence a tag."""

from collections.abc import Sequence
from typing import ClassVar

import torch
from torch import Tensor

from harmonium.arguments import checked
from harmonium.bounds import Count, Share
from harmonium.data.vocabulary import Unit
from harmonium.nets.dropout import Dropout
from harmonium.nets.recurrent import LSTM, Bidirectional
from harmonium.nets.symbols import SymbolNet, dense, vectors

__all__ = ["Tagger"]


@checked
class Tagger(SymbolNet):
    r"""Tags of the symbols of a sequence, each from all symbols before and after it.

    .. math:: e_t = [\overrightarrow{\mathrm{LSTM}}_t(v_{x_1}, \dots, v_{x_t}),
              \overleftarrow{\mathrm{LSTM}}_t(v_{x_T}, \dots, v_{x_t})], \qquad
              p(y_t = k \mid x) = \mathrm{softmax}(W e_t + U v_{x_t} + b)_k

    (Graves and Schmidhuber, 2005, https://doi.org/10.1016/j.neunet.2005.06.042; on words Huang,
    Xu and Yu, 2015, https://arxiv.org/abs/1508.01991.)

    Args:
        sources: number of different words; or the words, which a run puts here.
        targets: number of different tags; or the tags.
        embedding: numbers that are learned for every word.
        hidden: cells of each direction.
        dropout: share of the numbers of the words, and of the outputs of the layers, that are
            switched off at random in training mode.
        unit: what a symbol is: a character or a word.
    """

    output_kind: ClassVar[str] = "tags"
    """Kind of the outputs: logits of a tag for every symbol."""

    def __init__(
        self,
        sources: Count | Sequence[str],
        targets: Count | Sequence[str],
        *,
        embedding: Count = 64,
        hidden: Count = 64,
        dropout: Share = 0.0,
        unit: Unit = "words",
    ) -> None:
        super().__init__(
            sources,
            targets,
            unit=unit,
            settings={"embedding": embedding, "hidden": hidden, "dropout": float(dropout)},
        )
        self.hidden = hidden
        self.words = vectors(self.sources, embedding)
        self.leaving = Dropout(dropout)
        self.both = Bidirectional(LSTM(embedding, hidden), LSTM(embedding, hidden))
        self.outputs = dense(self.targets, 2 * hidden + embedding)

    @property
    def units(self) -> tuple[int, ...]:
        """Number of words, cells of both directions, number of tags."""
        return (self.sources, 2 * self.hidden, self.targets)

    def forward(self, x: Tensor) -> Tensor:
        """Logits of the tags of each symbol, ``(B, T) -> (B, T, targets)``; -1 after the end."""
        own = self.leaving(self.words(x.clamp(min=0)))
        seen = self.leaving(self.both(own, x >= 0))
        return self.outputs(torch.cat([seen, own], 2))
